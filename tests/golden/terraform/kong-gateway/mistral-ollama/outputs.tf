output "service_ids" {
  description = "The ID of each service, by name."
  value       = { ai-proxy = kong-gateway_service.ai_proxy.id }
}

output "route_ids" {
  description = "The ID of each route, by name."
  value       = { mistral-chat = kong-gateway_route.mistral_chat.id }
}
