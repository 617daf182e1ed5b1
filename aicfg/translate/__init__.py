"""The reference translator: what Kong's AI Proxy sends to the provider, and what it makes of the answer.

Held against measurements of Kong's own open-source code (3.7, 3.8, 3.9 and the 3.10 tree). Nothing here calls anyone or
looks at the environment.

One way to read it, from the door inwards:

* `translator` is the door: `Translator(config).request(...)`, and what it gives back (`UpstreamRequest`); and
  `.response(...)` and `.stream(...)` for the way back (`ClientResponse`, `ClientStream`).
* `config` reads a plugin config once; `drivers` is the table of what each provider's driver does; `versions` says what
  an older gateway does otherwise, each as a small difference from the next newer one.
* `exchange` is one request on its way. `order` lists the steps that it goes through, first failure wins. Each step is
  a function of an exchange, in the module with its name: `body` (and `native`), `templates`, `model_name`, `streaming`,
  `transform` (with `parameters`), `auth`, `tokens`, `cloud`, `headers`, `url`.
* One module per wire format: `openai`, `anthropic`, `cohere`, `ollama`, `llama2_raw`, `gemini`, `bedrock`,
  `huggingface`. Each says in its docstring how it differs from OpenAI, holds its tables, and has
      chat(request, model, behaviour) -> table         and completions(...), where it has them
      REMARKS                                          what a reader of the trace should know
      chat_answer(answer, model, behaviour) -> table   and completions_answer(...)
      chat_event(event, session, behaviour) -> table   and completions_event(...); bytes are sent as they are
      UNREADABLE                                       Kong's words for an answer that is no JSON
  They work on decoded JSON in Lua's terms and raise `lua.Fault` where Kong's code fails, `refusal.Reason` where it
  gives a reason. A function that an older version has instead of these stands beside them, and `versions` names it.
* On the way back, `answer` is what came from the provider, `response` and `stream` go through Kong's steps with it.
  `readers` says which parser cuts a stream: `sse` (JSON lines, too), `json_array` or `event_stream` (AWS's frames),
  which lose at the cuts what Kong loses. `events` is what they hand on. `accounting` is how Kong counts tokens, and
  fails over some answers; `usage` what an answer cost.
* `lua` and `cjson` hold what Lua and its JSON library do to values, `client` what nginx makes of a request,
  `refusal` the errors.
* `marks` and `trace` find out what became of each field of the client's body without the formats knowing of it, but
  for the words in their `REMARKS` (`remarks`). `published` is what providers' own types have, and `misfits` holds the
  upstream body against that. `notes` says what a config does that few expect. On the way back, `answer_trace` follows
  answers and events, with the words in `answer_remarks`.
"""
