resource "kong-gateway_service" "ai_proxy" {
  workspace = var.workspace
  name      = "ai-proxy"
  protocol  = "http"
  host      = "localhost"
  port      = 32000
}

resource "kong-gateway_route" "mistral_chat" {
  workspace = var.workspace
  name      = "mistral-chat"
  service   = { id = kong-gateway_service.ai_proxy.id }
  paths     = ["~/mistral-chat$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
}

resource "kong-gateway_plugin_ai_proxy" "mistral_chat" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.mistral_chat.id }
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
