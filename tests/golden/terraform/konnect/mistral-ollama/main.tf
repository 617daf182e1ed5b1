resource "konnect_gateway_service" "ai_proxy" {
  control_plane_id = var.control_plane_id
  name             = "ai-proxy"
  protocol         = "http"
  host             = "localhost"
  port             = 32000
}

resource "konnect_gateway_route" "mistral_chat" {
  control_plane_id = var.control_plane_id
  name             = "mistral-chat"
  service          = { id = konnect_gateway_service.ai_proxy.id }
  paths            = ["~/mistral-chat$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
}

resource "konnect_gateway_plugin_ai_proxy" "mistral_chat" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.mistral_chat.id }
  config = {
    route_type = "llm/v1/chat"
    model = {
      provider = "mistral"
      name     = "mistral"
      options = {
        mistral_format = "ollama"
        upstream_url   = "http://ollama-server.local:11434/api/chat"
      }
    }
  }
}
