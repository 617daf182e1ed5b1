"""Rules about the balancer of ai-proxy-advanced and its targets."""
