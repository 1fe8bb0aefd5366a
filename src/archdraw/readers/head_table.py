"""Which head a class has: by the end of its name, and by the model type where classes of one name differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archdraw.records import record

Part = Literal["whole", "text", "encoder"]
"""Which part of a model a class is: all, the text part without encoders of other modalities, the encoder alone."""


@record
class Head:
    """What stands behind the last layer of a class.

    ``pooled`` are fields of the block ``pooler`` before the classifier, none where it is None; ``classifier`` is the
    name of the last projection, empty for none. ``act`` is the key that names the pooler's activation, ``bias_key`` one
    for the classifier's bias, where a config has them. ``outputs`` are the features that leave, the labels where that
    is None. ``language`` says that the family's own head stands there as well, ``keeps_beside`` that what the family
    has beside its head stays: a pooler that nothing reads.
    """

    classifier: str = ""
    bias: bool = True
    bias_key: str = ""
    token: str | None = None
    pooled: Mapping[str, Any] | None = None
    act: str = ""
    outputs: int | None = None
    language: bool = False
    keeps_beside: bool = False
    part: Part = "whole"


Rows = tuple[tuple[tuple[str, ...], Head | None], ...]
"""Heads by model types, None for one that is not known; the first row that names a type is its own."""


@record
class Rule:
    """The heads of classes whose names end alike: ``usual`` that of decoders, ``rows`` those of other types.

    ``everywhere`` says that ``usual`` holds for encoders as well.
    """

    usual: Head | None = None
    rows: Rows = ()
    everywhere: bool = False


def _types(text: str) -> tuple[str, ...]:
    return tuple(text.split())


POOLED = _types(
    "albert bert big_bird camembert data2vec-text ernie esm fnet ibert jina_embeddings_v3 layoutlm longformer luke "
    "megatron-bert mobilebert mpnet rembert roberta roberta-prelayernorm roc_bert squeezebert tapas xlm-roberta "
    "xlm-roberta-xl xmod"
)
"""Encoders whose plain class ends with a pooler, over the first token."""

DENSE_TANH = _types(
    "camembert data2vec-text esmc ibert jina_embeddings_v3 longformer mpnet reformer roberta roberta-prelayernorm "
    "xlm-roberta xlm-roberta-xl xmod"
)
DENSE_ACT = _types("big_bird convbert mra nystromformer roformer yoso")
BEHIND_POOLER = _types(
    "albert bert ernie fnet gte layoutlm luke megatron-bert mobilebert nomic_bert rembert roc_bert squeezebert tapas"
)
UNUSED_POOLER = _types("big_bird fnet layoutlm squeezebert")
"""Encoders whose classes for tokens have a pooler that they do not use."""

OF_BOTH_HALVES = _types("bart bigbird_pegasus mbart mt5 mvp plbart t5 umt5")
ENCODER_OF_T5 = _types("mt5 t5 umt5")
MASKED = _types("modernbert modernbert-decoder modernvbert")
"""Types whose classifiers stand behind the masked language model head's own projection and norm."""

LABELS: Mapping[str, int] = {"": 2, "bart": 3}
"""How many labels a config without names for them has, by model type."""

_POOLER: Mapping[str, Any] = {"token": "first"}
_POOLED = Head("classifier", pooled=_POOLER)
_DENSE: Mapping[str, Any] = {"token": "first", "name": "classifier.dense"}
_REPLACED: Mapping[str, Any] = {"name": "discriminator_predictions.dense"}
_FIRST_RELU: Mapping[str, Any] = {"token": "first", "name": "pre_classifier", "hidden_act": "relu"}
_CHOICE = Head("classifier", pooled=_POOLER, outputs=1)

NONE = Rule(Head(), ((POOLED, Head(pooled=_POOLER)), (("blip",), None)), everywhere=True)
LANGUAGE = Rule(Head(language=True), everywhere=True)
TEXT = Rule(
    Head(part="text"),
    ((("blip",), None), (("pix2struct",), Head(language=True, part="text"))),
    everywhere=True,
)
ENCODER = Rule(Head(part="encoder"), everywhere=True)

_SEQUENCE = Rule(
    Head("score", bias=False, token="last"),
    (
        (DENSE_TANH, Head("classifier.out_proj", pooled=_DENSE)),
        (("big_bird",), Head("classifier.out_proj", pooled=_DENSE, act="hidden_act", keeps_beside=True)),
        (DENSE_ACT, Head("classifier.out_proj", pooled=_DENSE, act="hidden_act")),
        (("electra",), Head("classifier.out_proj", pooled={**_DENSE, "hidden_act": "gelu"})),
        (BEHIND_POOLER, _POOLED),
        (("distilbert",), Head("classifier", pooled=_FIRST_RELU)),
        (("deberta", "deberta-v2"), Head("classifier", pooled=_POOLER, act="pooler_hidden_act")),
        (("eurobert",), Head("classifier", pooled={"name": "dense", "hidden_act": "gelu"})),
        (("ultrabert",), None),
        (
            ("funnel",),
            Head("classifier.linear_out", pooled={"token": "first", "name": "classifier.linear_hidden"}),
        ),
        (("modernbert-decoder",), Head("classifier", pooled={}, bias=False, bias_key="classifier_bias")),
        (
            OF_BOTH_HALVES,
            Head("classification_head.out_proj", pooled={"token": "last", "name": "classification_head.dense"}),
        ),
        (("ctrl",), Head("classifier", bias=False, token="last")),
        (("t5gemma", "t5gemma2"), Head("score.out_proj", token="last")),
        (("flaubert", "xlm"), Head("sequence_summary.summary", token="first")),
        (("xlnet",), Head("logits_proj", pooled={"token": "last", "name": "sequence_summary.summary"})),
        (MASKED, Head("classifier", pooled={})),
    ),
)
_TOKENS = Rule(
    Head("score", bias_key="token_classification_bias"),
    (
        (UNUSED_POOLER, Head("classifier", keeps_beside=True)),
        (ENCODER_OF_T5, Head("classifier", part="encoder")),
        (("t5gemma", "t5gemma2"), Head("score.out_proj")),
        (MASKED, Head("classifier", pooled={})),
        (
            _types(
                "albert bert biogpt bloom camembert convbert data2vec-text deberta deberta-v2 distilbert electra "
                "ernie eurobert falcon flaubert funnel gpt2 gpt-sw3 gpt_bigcode gpt_neo gpt_neox gte ibert "
                "jina_embeddings_v3 longformer luke megatron-bert mobilebert mpnet mpt mra nomic_bert nystromformer "
                "rembert roberta roberta-prelayernorm roc_bert roformer squeezebert ultrabert xlm xlm-roberta "
                "xlm-roberta-xl xlnet xmod yoso"
            ),
            Head("classifier"),
        ),
    ),
)
_ANSWERS = Rule(
    Head("qa_outputs", outputs=2),
    (
        (("big_bird", "blip"), None),
        (UNUSED_POOLER, Head("qa_outputs", keeps_beside=True)),
        (MASKED, Head("classifier", pooled={})),
        (_types("bart bigbird_pegasus led mbart mra mvp nystromformer roformer yoso"), Head("qa_outputs", outputs=2)),
        (("flaubert", "xlm", "xlnet", "tapas", "reformer"), None),
        (
            _types(
                "albert bert camembert convbert data2vec-text deberta deberta-v2 distilbert "
                "electra ernie funnel ibert jina_embeddings_v3 longformer luke megatron-bert mobilebert mpnet "
                "mt5 rembert roberta roberta-prelayernorm roc_bert squeezebert t5 umt5 "
                "xlm-roberta xlm-roberta-xl xmod"
            ),
            Head("qa_outputs"),
        ),
    ),
)
_CHOICES = Rule(
    None,
    (
        (_types("distilbert mra nystromformer yoso"), Head("classifier", pooled=_FIRST_RELU, outputs=1)),
        (("deberta-v2",), Head("classifier", pooled=_POOLER, act="pooler_hidden_act", outputs=1)),
        (MASKED, Head("classifier", pooled={}, outputs=1)),
        (
            ("electra",),
            Head("classifier", pooled={**_DENSE, "name": "sequence_summary.summary", "hidden_act": "gelu"}, outputs=1),
        ),
        (("convbert", "roformer"), Head("classifier", token="first", outputs=1)),
        (POOLED, _CHOICE),
    ),
)
_PRETRAINED = Rule(
    None,
    (
        (
            _types("bert big_bird ernie fnet megatron-bert mobilebert"),
            Head("cls.seq_relationship", pooled=_POOLER, outputs=2, language=True),
        ),
        (("albert",), Head("sop_classifier.classifier", pooled=_POOLER, language=True)),
        (("roc_bert",), Head(pooled=_POOLER, language=True)),
        (
            ("electra", "funnel"),
            Head("discriminator_predictions.dense_prediction", pooled=_REPLACED, act="hidden_act", outputs=1),
        ),
    ),
)
_REWARD = {"name": "score.0", "hidden_act": "relu"}

SUFFIXES: Mapping[str, Rule] = {
    **dict.fromkeys(
        (
            *("LMHeadModel", "ForConditionalGeneration", "ForMaskedLM", "ModelWithLMHead", "ModelLM", "LMHead"),
            *("MTModel", "VLChatModel", "EncoderDecoderModel"),
        ),
        LANGUAGE,
    ),
    "ForCausalLM": LANGUAGE,
    **dict.fromkeys(("Model", "Data2VecTextModel", "Speech2TextModel"), NONE),
    # Models by name that are more than their layers, each in its own way.
    **dict.fromkeys(
        ("RewardModel", "VisionModel", "AudioModel", "VisionTextDualEncoderModel", "FunnelBaseModel"), Rule()
    ),
    "TextModel": TEXT,
    "Speech2TextModel": NONE,
    "EncoderModel": ENCODER,
    "DoubleHeadsModel": Rule(Head("multiple_choice_head.summary", token="last", outputs=1, language=True)),
    "ForSequenceClassification": _SEQUENCE,
    "ForTokenClassification": _TOKENS,
    "ForQuestionAnswering": _ANSWERS,
    "ForMultipleChoice": _CHOICES,
    "ForNextSentencePrediction": Rule(None, ((POOLED, Head("cls.seq_relationship", pooled=_POOLER, outputs=2)),)),
    "ForPreTraining": _PRETRAINED,
    "Qwen2ForRewardModel": Rule(Head("score.2", pooled=_REWARD, outputs=1)),
    "Qwen2ForProcessRewardModel": Rule(Head("score.2", pooled=_REWARD, outputs=2)),
    "InternLM2ForRewardModel": Rule(Head("v_head", bias=False, outputs=1)),
}
"""Heads by the end of a class name; the longest that fits is a class's own."""
