# Terraform asks for each variable without a default, unless its environment has the value:
# What is sensitive is never printed, but stands in Terraform's state: let only those read that who may know it.

variable "kong_admin_url" {
  description = "The Admin API of the gateway."
  type        = string
  default     = "http://localhost:8001"
}

variable "kong_admin_token" {
  description = "The token for the Admin API, where it wants one."
  type        = string
  sensitive   = true
  default     = null
}

variable "workspace" {
  description = "The workspace, by name."
  type        = string
  default     = "default"
}
