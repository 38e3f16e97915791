"""What orders to a model look like, and what only somebody who talks back to one writes. Tables, no code.

Every pattern is bounded, so that the time goes with the text's length. All are of small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELDS = (
    r"(?:(?:grand|invoice|closing|opening|ending|net|gross|total|tax|account|due|issue|statement|bank|vendor|holder|"
    r"business|final|document|legal|full) ){0,3}"
    r"(?:total|amount|balance|vendor|supplier|seller|payee|name|date|number|tax|value|field|address|account|iban|"
    r"currency|type|ssn|ein)s?(?: name| number| due| amount| date| holder)?"
)
_BY_KIND = {
    "drop the rules": (
        "ignore|ignoring|disregard|forget|override|bypass|overrule",
        r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|bypass|overrule)\b.{0,30}"
        r"\b(?:previous|prior|above|earlier|preceding|foregoing|all|any|every|these|those|your|the)\b.{0,30}"
        r"\b(?:instruction|prompt|rule|direction|message|context|text|guideline|schema|field|value|command)s?\b",
    ),
    "drop what is above": (
        "ignore|disregard|forget",
        r"\b(?:ignore|disregard|forget)\b.{0,15}\b(?:the above|everything|all of the|what (?:you|was|is))\b",
    ),
    "be another": (
        "you are now|act as|pretend|from now on|system prompt|developer mode|jailbreak|new instruction|new rule|"
        "new task|instructions for the|system message|system override|system note|end of document|begin of document|"
        "note to|message to|notice to|memo to",
        r"\b(?:you are now (?:an?|in|the|free|un\w+)|"
        r"act as (?:if you|though you|an? (?:ai|different|new|un\w+|helpful)|"
        r"the (?:system|admin|developer|user))|pretend (?:to be|you|that you)|from now on,? you|system prompt|"
        r"developer mode|jailbreak|system (?:message|override|note)\s?:|"
        r"instructions for (?:the )?(?:ai|llm|model|assistant|extractor|parser|extraction)|"
        r"(?:note|message|notice|memo) to (?:(?:the|any|all|every|this) )?"
        r"(?:ai|llm|model|assistant|extractor|parser)s?)\b|"
        r"\bsystem (?:message|override|note)\s?:|\bnew (?:instruction|rule|task)s?\s?:|"
        r"(?:[-=#*]{2,}|\[|<)\s?(?:end|begin|start) of (?:the )?(?:document|prompt|input|context)\b",
    ),
    "a model must": (
        "must|should|shall|please|has to|have to|kindly",
        r"\b(?:(?:ai|llm|language model|chatbot|gpt)s?|(?:ai|the|any|this|every|dear|automated|an) "
        r"(?:model|assistant|extractor|parser|bot|agent|extraction (?:model|system|engine|tool))s?)\b.{0,40}"
        r"\b(?:must|should|shall|please|kindly|has to|have to)\b.{0,60}"
        r"\b(?:return|output|respond|answer|reply|extract|report|set|use|write|approve|classify|record|enter|put)\b",
    ),
    "answer this": (
        "return|output|respond|answer|reply|print|set|report|fill",
        r"\b(?:return|output|respond with|answer with|reply with|print|set|report|fill in)\b.{0,40}"
        r"\b(?:instead of|as the (?:total|name|number|value|amount)|"
        r"(?:for|in|into) (?:every|each|all) (?:the )?fields?)\b",
    ),
    "this value": (
        "set |change the|return |output |report |extract |record |answer ",
        r"\b(?:set|change the|return|output|report|extract|record|answer)\b.{0,12}\b" + _FIELDS + r"\b.{0,24}"
        r"(?: to be| to| as| with| is| must be| should be|:|=)\s?[\"'“‘]?[$€£]?\s?(?:\d|null\b|(?<=[\"'“‘])\w)",
    ),
    "take this for it": (
        "use |record |enter |put |take |give |return |register |book ",
        r"\b(?:use|record|enter|put|take|give|return|register|book)\b[^.:;]{0,20}\d[\d.,]{0,15} "
        r"(?:as|for|in(?:to)?) (?:the |its |your |every )?" + _FIELDS + r"\b",
    ),
    "the right one is": (
        "the correct|the right|the true|the actual|the real|the corrected|the updated|correct total|true total",
        r"\b(?:the )?(?:correct|right|true|actual|real|corrected|updated|revised) (?:and final )?" + _FIELDS +
        r"(?: of this (?:document|invoice|receipt|statement|form))? (?:is|are|should be|must be|should read|reads)\b"
        r"(?: now)?\s?:?\s?(?:[\"'“‘]?(?:[$€£]|usd|eur|gbp)?\s?\d|[\"'“‘]\w|"
        r"(?!(?:shown|given|entered|used|listed|printed|displayed|reported|provided|required|important|known|applied|being|"
        r"not|on|in|at|to|the|a|an|that|what|your|also|always|set|stated|calculated|determined|as|by|for|\w{1,20}ed)\b)\w)",
    ),
    "approve": (
        "approve|as verified|as valid|as correct|confidence",
        r"\b(?:auto-?approve|mark (?:this|it|the document|all fields|everything) as "
        r"(?:approved|verified|valid|correct)|"
        r"approve (?:this|it|the) (?:\w{1,12} )?(?:without|automatically)|without (?:human|manual) review|"
        r"confidence\b[^.]{0,24}?(?: of| to| is|=|:| at)\s?(?:1(?:\.0+)?(?![\d.,])|100 ?%)|"
        r"confidence (?:score )?1\.0\b)",
    ),
    "skip the person": (
        "review",
        r"\b(?:no|skip|without|not need|needs no|bypass) (?:any )?(?:further )?(?:human|manual) (?:review|check)",
    ),
    "be of a type": (
        "classify|classified|categorise|categorize|document type|document_type",
        r"\b(?:re-?)?(?:classify|categori[sz]e) "
        r"(?:this|it|(?:the|any|every|each|all) (?:document|page|file|receipt|invoice|form)s?)\b.{0,30}\bas\b|"
        r"\bdocument[ _]type\b.{0,12}(?:\bis\b|=|:)\s?[\"'“]?\w{1,20}.{0,20}\bnot\b|"
        r"\b(?:must|should) be classified as\b",
    ),
    "tell": (
        "prompt|your instruction|your rule|the delimiter",
        r"\b(?:print|repeat|reveal|show|output|return|copy|write|include|insert|put|leak|quote|give)\b.{0,30}"
        r"\b(?:(?:your|system|the|initial|hidden) (?:\w{1,10} )?prompt|your (?:\w{1,10} )?(?:instructions|rules)|"
        r"the delimiter)\b",
    ),
    "put a link": (
        "http|www.|markdown|javascript:|<a |<img|<script|](",
        r"\b(?:put|insert|write|add|include|append|copy|return|output|set|place|enter)\b.{0,60}"
        r"(?:https?://|www\.|javascript:|<a |<img|<script|\bmarkdown\b|\]\()|"
        r"!\[[^\]\n]{0,60}\]\(|\[[^\]\n]{1,60}\]\(https?:|"
        r"<script\b|<img\b|<a href",
    ),
    "call a tool": (
        "get_gold_examples|tool_call|function_call|tool call|\"arguments\"|'arguments'|<invoke|call the function",
        r"\b(?:get_gold_examples|tool_calls?|function_call)\b|[\"']arguments[\"']\s?:\s?[\"{]|<invoke\b|"
        r"\bcall the (?:function|tool)\b",
    ),
    "an answer": (
        "{|}",
        r"\{\s?[\"'“”][\w ]{1,40}[\"'“”]\s?:|[\"'“”]\s?\}\s?[\]}]|[\"'“”]\s?,\s?[\"'“”]\w{1,40}[\"'“”]\s?:\s?[\"'“”\d]",
    ),
    "an example": (
        "answer|output|response|completion|extraction|result|json",
        r"\b(?:example|sample|expected|correct|ideal|gold|model|few-shot|reference)s? "
        r"(?:answer|output|response|completion|extraction|result|json)s?(?: \d{1,2})?\s?:|"
        r"\b(?:example|input) \d{1,2}\s?:.{0,80}\boutput\s?:",
    ),
    "German": (
        "ignorier|missachte|vergiss|vergesse|korrekte|richtige|setze|gib ",
        r"\b(?:ignorier(?:e|en|t)?|missachten?|vergiss|vergessen sie)\b.{0,40}"
        r"\b(?:anweisung(?:en)?|vorherige[nrs]?|obige[nrs]?|bisherige[nrs]?|regeln)\b|"
        r"\bder (?:korrekte|richtige) (?:gesamt\w{0,8}|betrag|rechnungsbetrag) (?:ist|lautet|beträgt|betragt)\b|"
        r"\b(?:setze|gib)\b.{0,20}\b(?:gesamt\w{0,8}|betrag|summe)\b.{0,20}\b(?:auf|als|mit)\b \d",
    ),
    "French": (
        "ignor|oubli|montant|total",
        r"\b(?:ignore[zr]?|oublie[zr]?|ne tenez pas compte)\b.{0,40}"
        r"\b(?:instructions?|consignes?|règles?|regles?|précédentes?|precedentes?)\b|"
        r"\ble (?:montant|total) (?:total )?(?:correct|exact|juste|réel|reel) est\b",
    ),
    "Spanish": (
        "ignor|olvid|haga caso|total",
        r"\b(?:ignor[ae]n?|olvid[ae]n?|no haga caso)\b.{0,40}\b(?:instrucciones|anteriores|reglas)\b|"
        r"\bel (?:total|importe) (?:correcto|real|verdadero) es\b",
    ),
    "Italian": (
        "ignora|dimentica|totale",
        r"\b(?:ignora(?:re|te)?|dimentica(?:re|te)?)\b.{0,40}\b(?:istruzioni|precedenti|regole)\b|"
        r"\bil totale (?:corretto|giusto|reale) (?:è|e)\b",
    ),
    "Portuguese": (
        "ignor|esque|desconsider|total",
        r"\b(?:ignor[ea]m?|esque[çc]am?|desconsider[ea]m?)\b.{0,40}\b(?:instruções|instrucoes|anteriores|regras)\b|"
        r"\bo (?:total|valor) (?:correto|real|verdadeiro) (?:é|e)\b",
    ),
    "Dutch": (
        "negeer|vergeet|totaal",
        r"\b(?:negeer|vergeet)\b.{0,40}\b(?:instructies|vorige|bovenstaande|eerdere|regels)\b|"
        r"\bhet (?:juiste|correcte) (?:totaal\w{0,8}|bedrag) is\b",
    ),
    "Polish": (
        "zignoruj|ignoruj|pomi|zapomnij|kwota|suma",
        r"\b(?:z?ignoruj(?:cie)?|pomi[ńn]|zapomnij)\b.{0,40}"
        r"\b(?:instrukcj\w{1,3}|polece(?:nia|ń|n)|poprzedni\w{1,3}|powy[żz]sz\w{1,3}|zasad\w{0,2})\b|"
        r"\b(?:poprawna|prawid[łl]owa) (?:kwota|suma)\b.{0,12}\b(?:to|wynosi)\b",
    ),
    "Turkish": (
        "talimat|kural",
        r"\b(?:önceki|onceki|tüm|tum|yukarıdaki)\b.{0,30}\b(?:talimat|kural)\w{0,8}.{0,20}"
        r"\b(?:yok say|unut|dikkate alma)",
    ),
    "Swedish, Danish, Norwegian": (
        "ignorer|bortse|glöm|glem",
        r"\b(?:ignorera?|bortse från|glöm|glem)\b.{0,40}"
        r"\b(?:instruktion\w{0,4}|instrukser|regler\w{0,2}|tidigare|tidligere)\b",
    ),
    "Russian and Ukrainian": (
        "игнорир|забудь|проигнорир|ігнору|итог|сумма",
        r"\b(?:про)?игнорируй(?:те)?\b.{0,30}(?:инструкц|указан|правил|предыдущ)|"
        r"\bзабудь(?:те)?\b.{0,30}(?:инструкц|указан|правил|предыдущ)|\bігнору(?:й|йте)\b.{0,30}(?:інструкц|вказів|правил)|"
        r"\b(?:правильн|верн)\w{1,3} (?:итог|сумма)\b",
    ),
    "Chinese": (
        "忽略|忽视|无视|無視|忘记|忘記|不要理会|正确|正確",
        r"(?:忽略|忽视|无视|無視|忘记|忘記|不要理会).{0,12}(?:指令|指示|说明|說明|规则|規則|提示|内容)|"
        r"(?:正确|正確)的?(?:总额|总计|金额|總額|總計|金額|合计|合計)(?:是|为|為|应)",
    ),
    "Japanese": (
        "無視|忘れ|従わ|正しい",
        r"(?:指示|命令|ルール|規則|プロンプト).{0,10}(?:無視|忘れ|従わない)|無視.{0,12}(?:指示|命令)|"
        r"正しい(?:合計|金額|総額)(?:金額)?は",
    ),
    "Korean": ("무시|잊", r"(?:지시|지침|명령|규칙|프롬프트).{0,10}(?:무시|잊)|무시.{0,12}(?:지시|지침|명령)"),
    "Arabic": (
        "تجاهل|انس|الإجمالي الصحيح|المبلغ الصحيح",
        r"(?:تجاهل|انس[َى]?).{0,25}(?:التعليمات|تعليمات|الأوامر|القواعد|السابقة)|"
        r"(?:الإجمالي|المبلغ) الصحيح",
    ),
    "Hindi": (
        "अनदेखा|अनदेखी|नज़रअंदाज़|नजरअंदाज|भूल|सही कुल",
        r"(?:निर्देश|नियम|आदेश).{0,25}(?:अनदेख|नज़रअंदाज़|नजरअंदाज|उपेक्षा|भूल)|सही कुल (?:राशि|योग)",
    ),
}  # fmt: skip
"""What orders to a model look like, in small letters: words of which one stands in each, and the pattern.

A document speaks to people, and of amounts.
"""
BARE_ORDERS = re.compile(
    r"(?:ignore|ignoring|disregard|forget|override|bypass|overrule)"
    r"(?:all|any|every|the|your|my|our|of|these|those|previous|prior|above|earlier|preceding|foregoing|given|system){1,6}"
    r"(?:instruction|prompt|rule|guideline|direction|command|message)|"
    r"disregardeverything|forgeteverything|ignoreeverything|ignoretheabove|systemprompt|developermode|jailbreak|"
    r"the(?:correct|true|right|real)(?:total|balance)(?:due)?(?:is|shouldbe|mustbe)(?!shown|in|on|at|the|not|a|list|enter)|"
    r"(?:set|change|report|return|record)the(?:total|amount|balance|vendor|name|date)(?:to|as)(?!tal)|"
    r"youarenow(?:a|in|the|free|un)(?:n|ew|helpful|developer|restricted|assistant|ai|different)|getgoldexamples|"
    r"ignorier(?:e|en|t)(?:sie)?(?:alle|die|vorherigen|bisherigen|obigen|vorigen){1,4}(?:anweisung|regel)|"
    r"(?:ignore[zr]?|oublie[zr]?)(?:toutes|tous|les|vos|tes|ces){1,3}(?:instruction|consigne|regle)|"
    r"(?:ignor[aei]|olvid[ae])n?(?:todas|las|sus|tus|estas){1,3}(?:instrucciones|reglas)"
)
"""Orders as letters alone; stricter, since words that only stand side by side become one there."""

BACK = re.compile(
    r"[a-z][a-z0-9+.]{1,15}://|\bjavascript\s?:|\bdata:(?:text|image|application|audio|video)/|\bmailto:|\bwww\.\S{1,200}[?&]\w{1,40}=|"
    r"!?\[[^\]]{0,200}\]\([^)]{0,500}\)|"
    r"</?(?:a|abbr|audio|b|base|body|br|button|code|div|em|embed|form|frame|h[1-6]|head|html|i|i?frame|img|input|link|math|"
    r"meta|object|p|pre|script|span|strong|style|svg|table|td|th|tr|video|xml)\b[^<>]{0,500}/?>|"
    r"<!--|<!\[cdata|<\?xml|&(?:lt|#x?[0-9a-f]{2,5});|\{\{|\$\{|<%|%\}|"
    r"\bdocument-[0-9a-f]{6,}|</?document|\$document\b|\$delimiter\b|"
    r"^\s?[=+@]\s?(?:hyperlink|importxml|importdata|importhtml|image|webservice|cmd|dde)\b|"
    r"[{\[]\s?[\"'][\w ]{1,40}[\"']\s?:|```|~~~",
    re.MULTILINE,
)
"""Links, markup, formulas, JSON and delimiters: no field of a document is made of these."""
PROMPT_PIECES = re.compile(
    r"\byou (?:copy|extract|read) (?:the )?(?:fields|values|data)|\bfields out of a document|exactly as it is printed|"
    r"letter by letter|\bnever (?:calculate|translate|an instruction|follow)|calculate, translate|"
    r"data from a stranger|it is (?:data|text) to copy|whatever it (?:asks|says)|"
    r"\b(?:one|a) json object|\bjson (?:object|schema)\b|does not fit the schema|answer again|copy these fields|"
    r"is not printed on the document|\bwhat kind of document\b|choose one of the types|for evidence, copy|"
    r"\ba document of the type\b|"
    r"\bas an? (?:ai|language model|llm|assistant)\b|\bi(?:'m| am) (?:sorry|an? (?:ai|assistant|language))|"
    r"\bi (?:cannot|can't|can not|will not|won't) (?:comply|follow|help|assist|ignore)|"
    r"\bmy (?:instructions|system prompt|rules|guidelines)\b|\bthe (?:system|user) (?:prompt|message)\b|"
    r"\bhere (?:is|are) (?:the|your) (?:extracted|json|requested|answer)|\bunable to (?:extract|comply)|"
    r"\bprompt injection\b|\b(?:instructions?|order) in the document\b"
)
"""What only somebody who talks about the question, instead of answering it, says."""


@dataclass(frozen=True, slots=True)
class Order:
    """A kind of order: the words of which one is in each, so that most texts need no look with the pattern."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]

    def find(self, text: str) -> Iterator[str]:
        """The stretches of a text, in small letters, that are such an order."""
        if any(word in text for word in self.words):
            yield from (match[0] for match in self.pattern.finditer(text))


ORDERS = tuple(Order(tuple(words.split("|")), re.compile(pattern)) for words, pattern in _BY_KIND.values())
