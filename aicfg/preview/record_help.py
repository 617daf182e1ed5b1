"""How to record what a provider answers."""

RECORD_HELP = """\
How to record a provider's answer, to see what a client gets of it behind Kong

1. Have aicfg write the command that asks the provider as Kong would; the key stays in your environment:

     aicfg translate FILE --route NAME --request REQ --format curl > ask.sh

   For a stream, REQ has to ask for one: "stream": true.

2. Run it, and keep what comes:

     sh ask.sh > answer.json                                 the whole answer
     sh ask.sh > answer.sse                                  a stream of server-sent events

   To keep status and headers too, put -i behind `curl` in ask.sh. aicfg reads both; without them, the status is 200
   (--status says otherwise), and a stream's ending says how it is read:

     .sse      server-sent events (OpenAI and those like it, Anthropic, Gemini with alt=sse)
     .ndjson   a JSON object in each line (Cohere, Ollama)
     .json     a JSON array (Gemini)
     .bin      AWS's binary event stream (Bedrock)

3. Show it:

     aicfg translate FILE --route NAME --response answer.json --usage
     aicfg translate FILE --route NAME --stream answer.sse --diff

   A recorded stream does not say where the network cut it: aicfg takes each event by itself.

Before you share a recording, read it: it holds no key of yours, but headers such as Set-Cookie, ids of your account,
and what the model said. `aicfg serve FILE --replies DIR` gives recordings to real clients.
"""
