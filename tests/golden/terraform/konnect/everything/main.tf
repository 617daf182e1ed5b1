resource "konnect_gateway_vault" "llm" {
  control_plane_id = var.control_plane_id
  prefix           = "llm"
  name             = "env"
  description      = "Keys of the LLM providers"
  config = jsonencode({
    prefix = "LLM_"
  })
  tags = ["team-search"]
}

resource "konnect_gateway_consumer_group" "staff" {
  control_plane_id = var.control_plane_id
  name             = "staff"
  tags             = ["internal", "team-search"]
}

resource "konnect_gateway_consumer" "mobile_app" {
  control_plane_id = var.control_plane_id
  username         = "mobile-app"
  custom_id        = "app-17"
  tags             = ["team-search"]
}

resource "konnect_gateway_key_auth" "mobile_app__mobile_app_key" {
  control_plane_id = var.control_plane_id
  consumer_id      = konnect_gateway_consumer.mobile_app.id
  key              = var.mobile_app_key
  tags             = ["team-search"]
}

resource "konnect_gateway_consumer_group_member" "mobile_app__staff" {
  control_plane_id  = var.control_plane_id
  consumer_id       = konnect_gateway_consumer.mobile_app.id
  consumer_group_id = konnect_gateway_consumer_group.staff.id
}

resource "konnect_gateway_service" "team_search" {
  control_plane_id = var.control_plane_id
  name             = "team-search"
  protocol         = "http"
  host             = "localhost"
  port             = 32000
  read_timeout     = 120000
  tags             = ["team-search"]
}

resource "konnect_gateway_route" "chat" {
  control_plane_id = var.control_plane_id
  name             = "chat"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/chat$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "chat" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.chat.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
      name     = "gpt-4o"
      options = {
        max_tokens  = 512
        temperature = 0.7
        input_cost  = 2.5
        output_cost = 10
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "konnect_gateway_route" "chat_by_header" {
  control_plane_id = var.control_plane_id
  name             = "chat-by-header"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/chat$"]
  methods          = ["POST"]
  headers = {
    x-model = ["mini"]
  }
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "chat_by_header" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.chat_by_header.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "{vault://llm/openai}"
    }
    model = {
      provider = "openai"
      name     = "gpt-4o-mini"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }

  depends_on = [konnect_gateway_vault.llm]
}

resource "konnect_gateway_custom_plugin" "request_size_limiting__chat_by_header" {
  control_plane_id = var.control_plane_id
  name             = "request-size-limiting"
  route            = { id = konnect_gateway_route.chat_by_header.id }
  tags             = ["team-search"]
  config = {
    allowed_payload_size = 1
  }
}

resource "konnect_gateway_route" "embeddings" {
  control_plane_id = var.control_plane_id
  name             = "embeddings"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/embeddings$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "embeddings" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.embeddings.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/embeddings"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
      name     = "text-embedding-3-small"
      options = {
        embeddings_dimensions = 512
      }
    }
    genai_category = "text/embeddings"
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "konnect_gateway_route" "files" {
  control_plane_id = var.control_plane_id
  name             = "files"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["/files"]
  methods          = ["GET", "POST", "DELETE"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "files" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.files.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/files"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
    }
    model_name_header = false
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "konnect_gateway_route" "azure_chat" {
  control_plane_id = var.control_plane_id
  name             = "azure-chat"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/azure-chat$"]
  methods          = ["POST"]
  hosts            = ["ai.example.com"]
  protocols        = ["https"]
  strip_path       = true
  tags             = ["azure", "team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "azure_chat" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.azure_chat.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "api-key"
      header_value = var.azure_openai_key
    }
    model = {
      provider = "azure"
      name     = "gpt-4o"
      options = {
        max_tokens          = 512
        azure_instance      = "team-search"
        azure_deployment_id = "gpt-4o"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "konnect_gateway_route" "claude" {
  control_plane_id = var.control_plane_id
  name             = "claude"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/claude$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "claude" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.claude.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "x-api-key"
      header_value = var.anthropic_api_key
    }
    model = {
      provider = "anthropic"
      name     = "claude-sonnet-4-20250514"
      options = {
        max_tokens        = 512
        anthropic_version = "2023-06-01"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
    response_streaming = "always"
  }
}

resource "konnect_gateway_route" "mistral" {
  control_plane_id = var.control_plane_id
  name             = "mistral"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/mistral$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "mistral" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.mistral.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.mistral_api_key}"
    }
    model = {
      provider = "mistral"
      name     = "mistral-large-latest"
      options = {
        max_tokens     = 512
        mistral_format = "openai"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = true
    }
  }
}

resource "konnect_gateway_route" "mistral_local" {
  control_plane_id = var.control_plane_id
  name             = "mistral-local"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/mistral-local$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "mistral_local" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.mistral_local.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    model = {
      provider = "mistral"
      name     = "mistral"
      options = {
        max_tokens     = 512
        mistral_format = "ollama"
        upstream_url   = "http://ollama.internal:11434/api/chat"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "konnect_gateway_route" "gemini" {
  control_plane_id = var.control_plane_id
  name             = "gemini"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/gemini$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "gemini" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.gemini.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      param_name     = "key"
      param_value    = var.gemini_api_key
      param_location = "query"
    }
    model = {
      provider = "gemini"
      name     = "gemini-2.5-flash"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "konnect_gateway_route" "gemini_native" {
  control_plane_id = var.control_plane_id
  name             = "gemini-native"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["/gemini"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "gemini_native" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.gemini_native.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      param_name     = "key"
      param_value    = var.gemini_api_key
      param_location = "query"
    }
    model = {
      provider = "gemini"
      name     = "gemini-2.5-flash"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
    llm_format = "gemini"
  }
}

resource "konnect_gateway_route" "bedrock" {
  control_plane_id = var.control_plane_id
  name             = "bedrock"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/bedrock$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "bedrock" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.bedrock.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      aws_access_key_id     = var.aws_access_key_id
      aws_secret_access_key = var.aws_secret_access_key
    }
    model = {
      provider = "bedrock"
      name     = "meta.llama3-70b-instruct-v1:0"
      options = {
        max_tokens = 512
        bedrock = {
          aws_region                 = "eu-central-1"
          performance_config_latency = "optimized"
        }
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
    max_request_body_size = 65536
  }
}

resource "konnect_gateway_route" "semantic" {
  control_plane_id = var.control_plane_id
  name             = "semantic"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/semantic$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy_advanced" "semantic" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.semantic.id }
  tags             = ["team-search"]
  config = {
    targets = [
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.openai_api_key}"
        }
        model = {
          provider = "openai"
          name     = "gpt-4o"
          options = {
            max_tokens = 512
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
        description = "Writing and explaining program code"
      },
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.openai_api_key}"
        }
        model = {
          provider = "openai"
          name     = "gpt-4o-mini"
          options = {
            max_tokens = 512
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
        description = "CATCHALL"
      },
    ]
    balancer = {
      algorithm = "semantic"
    }
    embeddings = {
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "text-embedding-3-small"
      }
    }
    vectordb = {
      strategy        = "redis"
      dimensions      = 1536
      distance_metric = "cosine"
      threshold       = 0.7
      redis = {
        host     = "redis.internal"
        port     = 6379
        password = var.redis_password
      }
    }
  }
}

resource "konnect_gateway_route" "for_staff" {
  control_plane_id = var.control_plane_id
  name             = "for-staff"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/for-staff$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy_advanced" "for_staff" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.for_staff.id }
  tags             = ["team-search"]
  config = {
    targets = [
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.openai_api_key}"
        }
        model = {
          provider    = "openai"
          name        = "gpt-4o"
          model_alias = "smart"
          options = {
            max_tokens = 512
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
      },
    ]
    acls = {
      allow = [
        {
          match = [
            {
              type   = "consumer_group"
              values = ["staff"]
            },
          ]
        },
      ]
    }
    genai_category    = "text/generation"
    model_name_header = false
  }
}

resource "konnect_gateway_plugin_key_auth" "for_staff" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.for_staff.id }
  tags             = ["team-search"]
  config = {
    key_names        = ["apikey"]
    hide_credentials = true
  }
}

resource "konnect_gateway_route" "guarded" {
  control_plane_id = var.control_plane_id
  name             = "guarded"
  service          = { id = konnect_gateway_service.team_search.id }
  paths            = ["~/guarded$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_plugin_ai_proxy" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
      name     = "gpt-4o"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "konnect_gateway_plugin_ai_prompt_guard" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    deny_patterns                  = ["(?i)password"]
    allow_all_conversation_history = true
  }
}

resource "konnect_gateway_plugin_ai_semantic_prompt_guard" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    rules = {
      deny_prompts = ["Legal advice"]
    }
    search = {
      threshold = 0.7
    }
    embeddings = {
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "text-embedding-3-small"
      }
    }
    vectordb = {
      strategy        = "redis"
      dimensions      = 1536
      distance_metric = "cosine"
      threshold       = 0.1
      redis = {
        host     = "redis.internal"
        port     = 6379
        password = var.redis_password
      }
    }
  }
}

resource "konnect_gateway_plugin_ai_prompt_decorator" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    prompts = {
      prepend = [
        {
          role    = "system"
          content = "You are polite."
        },
      ]
      append = [
        {
          role    = "user"
          content = "Keep it short."
        },
      ]
    }
  }
}

resource "konnect_gateway_plugin_ai_prompt_template" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    templates = [
      {
        name     = "summary"
        template = "{\"messages\": [{\"role\": \"user\", \"content\": \"Sum this up: {{text}}\"}]}"
      },
    ]
    allow_untemplated_requests = true
  }
}

resource "konnect_gateway_plugin_ai_rate_limiting_advanced" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    llm_providers = [
      {
        name        = "openai"
        limit       = [20000]
        window_size = [60]
      },
    ]
    redis = {
      host     = "redis.internal"
      port     = 6379
      password = var.redis_password
    }
    strategy  = "redis"
    sync_rate = 1
  }
}

resource "konnect_gateway_plugin_ai_semantic_cache" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    embeddings = {
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "text-embedding-3-small"
      }
    }
    vectordb = {
      strategy        = "redis"
      dimensions      = 1536
      distance_metric = "cosine"
      threshold       = 0.1
      redis = {
        host     = "redis.internal"
        port     = 6379
        password = var.redis_password
      }
    }
    cache_ttl     = 600
    exact_caching = true
  }
}

resource "konnect_gateway_plugin_ai_azure_content_safety" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    content_safety_url = "https://team-search.cognitiveservices.azure.com/contentsafety/text:analyze"
    content_safety_key = var.content_safety_key
    categories = [
      {
        name            = "Hate"
        rejection_level = 2
      },
      {
        name            = "Violence"
        rejection_level = 2
      },
    ]
  }
}

resource "konnect_gateway_plugin_ai_request_transformer" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    llm = {
      route_type = "llm/v1/chat"
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "gpt-4o-mini"
      }
    }
    prompt = "Replace personal names by initials."
  }
}

resource "konnect_gateway_plugin_ai_response_transformer" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    llm = {
      route_type = "llm/v1/chat"
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "gpt-4o-mini"
      }
    }
    prompt = "Translate the answer into English."
  }
}

resource "konnect_gateway_plugin_key_auth" "guarded" {
  control_plane_id = var.control_plane_id
  route            = { id = konnect_gateway_route.guarded.id }
  tags             = ["team-search"]
  config = {
    key_names        = ["apikey"]
    hide_credentials = true
  }
}

resource "konnect_gateway_service" "slow_models" {
  control_plane_id = var.control_plane_id
  name             = "slow-models"
  protocol         = "http"
  host             = "localhost"
  port             = 32000
  read_timeout     = 600000
  tags             = ["slow", "team-search"]
}

resource "konnect_gateway_route" "balanced" {
  control_plane_id = var.control_plane_id
  name             = "balanced"
  service          = { id = konnect_gateway_service.slow_models.id }
  paths            = ["~/balanced$"]
  methods          = ["POST"]
  protocols        = ["http", "https"]
  tags             = ["team-search"]
}

resource "konnect_gateway_custom_plugin" "ai_proxy_advanced__balanced" {
  control_plane_id = var.control_plane_id
  name             = "ai-proxy-advanced"
  route            = { id = konnect_gateway_route.balanced.id }
  tags             = ["team-search"]
  config = {
    targets = [
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.mistral_api_key}"
        }
        model = {
          provider = "mistral"
          name     = "mistral-large-latest"
          options = {
            max_tokens     = 512
            mistral_format = "openai"
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
        weight = 80
        metadata = {
          team = "search"
        }
      },
      {
        route_type = "llm/v1/chat"
        model = {
          provider = "mistral"
          name     = "mistral"
          options = {
            max_tokens     = 512
            temperature    = 0.2
            mistral_format = "ollama"
            upstream_url   = "http://ollama.internal:11434/api/chat"
            top_p          = 0.9
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = true
        }
        weight = 20
      },
    ]
    balancer = {
      algorithm         = "round-robin"
      failover_criteria = ["error", "timeout", "http_429", "non_idempotent"]
      max_fails         = 3
    }
  }
}

resource "konnect_gateway_plugin_prometheus" "global" {
  control_plane_id = var.control_plane_id
  tags             = ["team-search"]
  config           = {}
}

resource "konnect_gateway_plugin_rate_limiting" "consumer_group__staff" {
  control_plane_id = var.control_plane_id
  consumer_group   = { id = konnect_gateway_consumer_group.staff.id }
  tags             = ["team-search"]
  config = {
    minute = 600
    policy = "local"
  }
}
