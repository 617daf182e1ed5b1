resource "konnect_gateway_service" "ai_proxy" {
  control_plane_id = var.control_plane_id
  name             = "ai-proxy"
  protocol         = "http"
  host             = "localhost"
  port             = 32000
}

resource "konnect_gateway_route" "vertex_chat" {
  control_plane_id = var.control_plane_id
  name             = "vertex-chat"
  service          = { id = konnect_gateway_service.ai_proxy.id }
  paths            = ["~/vertex-chat$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
}

resource "konnect_gateway_plugin_ai_proxy" "vertex_chat" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.vertex_chat.id }
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
