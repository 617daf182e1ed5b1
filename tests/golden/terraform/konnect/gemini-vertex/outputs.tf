output "service_ids" {
  description = "The ID of each service, by name."
  value       = { ai-proxy = konnect_gateway_service.ai_proxy.id }
}

output "route_ids" {
  description = "The ID of each route, by name."
  value       = { vertex-chat = konnect_gateway_route.vertex_chat.id }
}
