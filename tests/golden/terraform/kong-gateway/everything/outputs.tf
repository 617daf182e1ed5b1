output "service_ids" {
  description = "The ID of each service, by name."
  value = {
    team-search = kong-gateway_service.team_search.id
    slow-models = kong-gateway_service.slow_models.id
  }
}

output "route_ids" {
  description = "The ID of each route, by name."
  value = {
    chat           = kong-gateway_route.chat.id
    chat-by-header = kong-gateway_route.chat_by_header.id
    embeddings     = kong-gateway_route.embeddings.id
    files          = kong-gateway_route.files.id
    azure-chat     = kong-gateway_route.azure_chat.id
    claude         = kong-gateway_route.claude.id
    mistral        = kong-gateway_route.mistral.id
    mistral-local  = kong-gateway_route.mistral_local.id
    gemini         = kong-gateway_route.gemini.id
    gemini-native  = kong-gateway_route.gemini_native.id
    bedrock        = kong-gateway_route.bedrock.id
    semantic       = kong-gateway_route.semantic.id
    for-staff      = kong-gateway_route.for_staff.id
    guarded        = kong-gateway_route.guarded.id
    balanced       = kong-gateway_route.balanced.id
  }
}

output "consumer_ids" {
  description = "The ID of each consumer, by name."
  value       = { mobile-app = kong-gateway_consumer.mobile_app.id }
}

output "consumer_group_ids" {
  description = "The ID of each consumer group, by name."
  value       = { staff = kong-gateway_consumer_group.staff.id }
}
