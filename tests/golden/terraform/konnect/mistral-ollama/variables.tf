# Terraform asks for each variable without a default, unless its environment has the value:
#   export TF_VAR_control_plane_id=...
# What is sensitive is never printed, but stands in Terraform's state: let only those read that who may know it.

variable "konnect_server_url" {
  description = "The API of Konnect in the control plane's region, such as eu instead of us."
  type        = string
  default     = "https://us.api.konghq.com"
}

variable "control_plane_id" {
  description = "The control plane in Konnect, a UUID."
  type        = string
}
