"""Entities as Kubernetes objects, for the three APIs that Kong reads: Ingress, Gateway API and Konnect's own kinds."""
