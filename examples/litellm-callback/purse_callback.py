"""A LiteLLM custom callback that puts every request behind the Purse gate.

Before a request its most is held; when it succeeded it is settled for what it used; when it failed the hold is given
back. Needs the standard library only. In the proxy's config.yaml:

    litellm_settings:
      callbacks: purse_callback.purse

with PURSE_GATE_URL and PURSE_KEY (a service key) in the environment. The account of a request is the `purse_account`
in the metadata of the caller's key or team.

Try it without LiteLLM against a running gate:

    PURSE_KEY=purse_sk_... PURSE_ACCOUNT=<account id> python3 purse_callback.py
"""

import asyncio
import json
import os
import sys
import urllib.error
import urllib.request
import uuid

try:
    from litellm.integrations.custom_logger import CustomLogger
except ImportError:  # the demonstration runs without it
    CustomLogger = object

TIMEOUT_SECONDS = 5
TRIES = 3
# Without max_tokens the request is held for this many output tokens.
USUAL_OUTPUT_TOKENS = 4096
CHARACTERS_PER_TOKEN = 3
# A dead process frees its holds after this time; a request may not run longer.
HOLD_SECONDS = 900


class PurseRefusal(Exception):
    """The gate said no, or could not be asked. `status_code` and `detail` are what LiteLLM's proxy answers with."""

    def __init__(self, status_code, problem):
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.status_code = status_code
        self.code = problem.get("code")
        self.detail = {"error": {"message": problem.get("detail"), "code": self.code, "purse": problem}}


class Gate:
    """The three calls that a callback needs. Every call may be repeated: the key or the hold tells a repeat apart."""

    def __init__(self, url, key):
        self.url = url.rstrip("/")
        self.key = key

    async def authorize(self, account_id, key, model, input_tokens, max_output_tokens):
        return await self._post("/v1/authorizations", {
            "account_id": account_id,
            "idempotency_key": key,
            "model": model,
            "input_tokens": input_tokens,
            "max_output_tokens": max_output_tokens,
            "expires_in_seconds": HOLD_SECONDS,
        })

    async def settle(self, hold_id, input_tokens, cached_input_tokens, output_tokens):
        return await self._post(f"/v1/authorizations/{hold_id}/settle", {
            "input_tokens": input_tokens,
            "cached_input_tokens": cached_input_tokens,
            "output_tokens": output_tokens,
        })

    async def release(self, hold_id):
        return await self._post(f"/v1/authorizations/{hold_id}/release", {})

    async def _post(self, path, body):
        for tried in range(1, TRIES + 1):
            try:
                return await asyncio.to_thread(self._send, path, body)
            except PurseRefusal as refusal:
                # Fails closed: a gate that cannot be asked is a refusal, too.
                if refusal.status_code not in (502, 503, 504) or tried == TRIES:
                    raise
                await asyncio.sleep(0.2 * 2**tried)

    def _send(self, path, body):
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.key}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise PurseRefusal(error.code, _problem(error)) from None
        except OSError as error:
            detail = f"The gate cannot be reached: {error}"
            raise PurseRefusal(503, {"code": "gate_unreachable", "detail": detail}) from None


def _problem(error):
    try:
        return json.load(error)
    except ValueError:
        return {"code": "bad_answer", "detail": f"The gate answered {error.code}."}


class PurseCallback(CustomLogger):
    def __init__(self, gate=None):
        super().__init__()
        url = os.environ.get("PURSE_GATE_URL", "http://127.0.0.1:3001")
        self.gate = gate or Gate(url, os.environ.get("PURSE_KEY", ""))
        # Holds of the requests that this process runs, by LiteLLM's id of the call.
        self.holds = {}

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        """Holds the most that the request can cost. Raising ends the request before any model is asked."""
        call_id = data.setdefault("litellm_call_id", str(uuid.uuid4()))
        max_output = data.get("max_completion_tokens") or data.get("max_tokens") or USUAL_OUTPUT_TOKENS
        hold = await self.gate.authorize(
            account_of(user_api_key_dict), call_id, price_model(data["model"]), prompt_tokens(data), max_output
        )
        self.holds[call_id] = hold["id"]
        return data

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        """Charges what was used. For a stream LiteLLM calls this once, with the usage of the whole."""
        hold_id = self.holds.pop(kwargs.get("litellm_call_id"), None)
        if hold_id is None:
            return
        usage = _get(response_obj, "usage")
        cached = _get(_get(usage, "prompt_tokens_details"), "cached_tokens") or 0
        await self.gate.settle(
            hold_id, _get(usage, "prompt_tokens") or 0, cached, _get(usage, "completion_tokens") or 0
        )

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        """Gives the hold back: nothing was delivered."""
        hold_id = self.holds.pop(kwargs.get("litellm_call_id"), None)
        if hold_id is not None:
            await self.gate.release(hold_id)


def account_of(user_api_key_dict):
    for field in ("metadata", "team_metadata"):
        account_id = (_get(user_api_key_dict, field) or {}).get("purse_account")
        if account_id:
            return account_id
    raise PurseRefusal(403, {"code": "not_allowed", "detail": "This key names no purse_account in its metadata."})


def price_model(model):
    """The name in the price list: LiteLLM's without the provider ("openai/gpt-oss-20b")."""
    return model.rsplit("/", 1)[-1]


def prompt_tokens(data):
    """Rather too many than too few: it only sizes the hold; the provider's own count is charged."""
    text = json.dumps(data.get("messages") or data.get("input") or data.get("prompt") or "", ensure_ascii=False)
    return len(text) // CHARACTERS_PER_TOKEN + 1


def _get(value, name):
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


purse = PurseCallback()


async def demonstrate(account_id):
    """What LiteLLM does with a callback, without LiteLLM: a request that succeeds, one that fails, one too large."""
    caller = {"metadata": {"purse_account": account_id}}
    request = {"model": "openai/gpt-oss-20b", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 200}

    asked = await purse.async_pre_call_hook(caller, None, dict(request), "completion")
    usage = {"prompt_tokens": 9, "completion_tokens": 120}
    await purse.async_log_success_event(asked, {"usage": usage}, None, None)
    print(f"settled for {usage['prompt_tokens']} + {usage['completion_tokens']} tokens")

    asked = await purse.async_pre_call_hook(caller, None, dict(request), "completion")
    await purse.async_log_failure_event(asked, None, None, None)
    print("released after a failure")

    try:
        await purse.async_pre_call_hook(caller, None, {**request, "max_tokens": 1_000_000_000}, "completion")
    except PurseRefusal as refusal:
        print(f"refused with {refusal.status_code} {refusal.code}")


if __name__ == "__main__":
    if not os.environ.get("PURSE_KEY") or not os.environ.get("PURSE_ACCOUNT"):
        sys.exit("Set PURSE_KEY to a service key and PURSE_ACCOUNT to an account id.")
    try:
        asyncio.run(demonstrate(os.environ["PURSE_ACCOUNT"]))
    except PurseRefusal as error:
        sys.exit(str(error))
