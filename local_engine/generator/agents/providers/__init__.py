"""Model providers behind one protocol: `Provider.ask` takes a question and gives an answer.

Importing this loads no provider's library: each is loaded with the first question to it.
"""

from local_engine.generator.agents.providers.budget import Budget
from local_engine.generator.agents.providers.chain import Chain
from local_engine.generator.agents.providers.errors import (
    BudgetSpent,
    Cancelled,
    DeadlinePassed,
    Fault,
    InvalidAnswer,
    KeyRejected,
    Outage,
    ProviderError,
    QuotaExceeded,
    Refused,
    RequestRejected,
    TooLarge,
    Truncated,
)
from local_engine.generator.agents.providers.gemini import Gemini
from local_engine.generator.agents.providers.groq import Groq
from local_engine.generator.agents.providers.key_check import KeyCheck, check_key
from local_engine.generator.agents.providers.models import (
    Catalog,
    Model,
    Price,
    ProviderName,
    catalog,
    local_model,
)
from local_engine.generator.agents.providers.openai_compatible import OpenAICompatible
from local_engine.generator.agents.providers.protocol import (
    Answer,
    AnswerPart,
    Call,
    CallEnded,
    CallStarts,
    Event,
    FellBack,
    Provider,
    Question,
    Retrying,
    Tell,
)
from local_engine.generator.agents.providers.retrying import Patient, Policy
from local_engine.generator.agents.providers.usage import Usage

__all__ = [
    "Answer",
    "AnswerPart",
    "Budget",
    "BudgetSpent",
    "Call",
    "CallEnded",
    "CallStarts",
    "Cancelled",
    "Catalog",
    "Chain",
    "DeadlinePassed",
    "Event",
    "Fault",
    "FellBack",
    "Gemini",
    "Groq",
    "InvalidAnswer",
    "KeyCheck",
    "KeyRejected",
    "Model",
    "OpenAICompatible",
    "Outage",
    "Patient",
    "Policy",
    "Price",
    "Provider",
    "ProviderError",
    "ProviderName",
    "Question",
    "QuotaExceeded",
    "Refused",
    "RequestRejected",
    "Retrying",
    "Tell",
    "TooLarge",
    "Truncated",
    "Usage",
    "catalog",
    "check_key",
    "local_model",
]
