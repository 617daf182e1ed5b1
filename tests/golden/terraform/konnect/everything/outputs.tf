output "service_ids" {
  description = "The ID of each service, by name."
  value = {
    team-search = konnect_gateway_service.team_search.id
    slow-models = konnect_gateway_service.slow_models.id
  }
}

output "route_ids" {
  description = "The ID of each route, by name."
  value = {
    chat           = konnect_gateway_route.chat.id
    chat-by-header = konnect_gateway_route.chat_by_header.id
    embeddings     = konnect_gateway_route.embeddings.id
    files          = konnect_gateway_route.files.id
    azure-chat     = konnect_gateway_route.azure_chat.id
    claude         = konnect_gateway_route.claude.id
    mistral        = konnect_gateway_route.mistral.id
    mistral-local  = konnect_gateway_route.mistral_local.id
    gemini         = konnect_gateway_route.gemini.id
    gemini-native  = konnect_gateway_route.gemini_native.id
    bedrock        = konnect_gateway_route.bedrock.id
    semantic       = konnect_gateway_route.semantic.id
    for-staff      = konnect_gateway_route.for_staff.id
    guarded        = konnect_gateway_route.guarded.id
    balanced       = konnect_gateway_route.balanced.id
  }
}

output "consumer_ids" {
  description = "The ID of each consumer, by name."
  value       = { mobile-app = konnect_gateway_consumer.mobile_app.id }
}

output "consumer_group_ids" {
  description = "The ID of each consumer group, by name."
  value       = { staff = konnect_gateway_consumer_group.staff.id }
}
