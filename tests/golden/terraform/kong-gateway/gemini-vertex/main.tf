resource "kong-gateway_service" "ai_proxy" {
  workspace = var.workspace
  name      = "ai-proxy"
  protocol  = "http"
  host      = "localhost"
  port      = 32000
}

resource "kong-gateway_route" "vertex_chat" {
  workspace = var.workspace
  name      = "vertex-chat"
  service   = { id = kong-gateway_service.ai_proxy.id }
  paths     = ["~/vertex-chat$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
}

resource "kong-gateway_plugin_ai_proxy" "vertex_chat" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.vertex_chat.id }
  config = {
    route_type = "llm/v1/chat"
    auth = {
      gcp_use_service_account  = true
      gcp_service_account_json = var.gcp_service_account
    }
    model = {
      provider = "gemini"
      name     = "gemini-1.5-pro"
      options = {
        gemini = {
          api_endpoint = "europe-west1-aiplatform.googleapis.com"
          project_id   = "team-search"
          location_id  = "europe-west1"
        }
      }
    }
  }
}
