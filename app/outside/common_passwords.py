"""Which passwords are too common to be safe (D5), told by how people make them rather than by a long list."""

import re
import unicodedata

# What people take as the word in a password, in lower case; digits and signs for letters are undone first.
_WORDS = frozenset(
    """
    aaron abcdef access account adelaide admin administrator adrian alexander alexandra alexis amanda amelia america
    andrea andrew angel angela animal anthony apple april arsenal ashley august australia autumn awesome baby babygirl
    banana barbara barney baseball basketball batman beautiful benjamin berlin bitcoin blessed blink brandon brisbane
    brother buddy bulldogs bulldog butterfly buster canberra captain carlos carolina caroline catherine change
    changeme charles charlie charlotte cheese chelsea cherry chicken chocolate chocolates chris christian christina
    christine christmas christopher clinic computer cookie cookies corona cowboys crystal daniel danielle darwin david
    december default defaultpassword demo diamond doctor dolphin dragon eagles easter edward elephant elizabeth emma
    england enter eternity everton family february firebird fishing flower flowers football footballer forever france
    freedom friday friend friends fuckoff fuckyou games gareth garden george georgia ginger girl goodluck google
    grace guest guitar hannah happiness happy harley harry heather heaven hello hellokitty helloworld hockey holiday
    honey hospital hotmail hunter iceman iloveu iloveyou iloveyousomuch incorrect india internet isabella jackson
    jasmine jasper jennifer jessica jesus jesuschrist john jonathan jordan joseph joshua july junior june justin
    karen katherine kevin killer kitty knight laura lauren letmein letmeinnow liberty linkedin liverpool login london
    looking love lovely loveme lover lovers loves loveyou lucky maggie magic manchester manchesterunited march margaret
    maria marina market martin master matrix matthew maverick maxwell medical melanie melbourne melissa mercedes merlin
    michael michelle mickey midnight minecraft monday money monkey monster morgan mother mountain murphy mustang
    nathan natasha natalie newcastle newyork nicholas nicole ninja nintendo nothing november october oliver olivia
    orange pakistan pass passcode passphrase passwd password passwords patient patients patricia patrick peanut pepper
    perth peter phoenix playstation please pokemon police pony portal prince princess private pumpkin purple
    qazwsx queen rachel radiology rainbow ranger rangers rebecca remember richard robert rocket ronaldo root
    rosebud samantha samsung sandra saturday sarah scooter scorpion scotland secret security september server sexy
    shadow silver simon simple skywalker slipknot smith snoopy snowball soccer softball something sophie spider
    spiderman spring stanley starwars stephanie stephen steven summer sunday sunflower sunshine superman superstar
    support sweetheart sweetie swordfish sydney system taylor teacher temp temporary tennis test tester testing theman
    therock thomas thunder thursday tiffany tigers tigger tinkerbell tottenham transformers trustno trustme trustnoone
    tuesday unknown user username vanessa victoria victory vikings vincent warrior wednesday weather welcome westham
    whatever william william windows winner winter wizard wolf world xavier yankees yellow zachary
    """.split()  # noqa: SIM905 - four hundred quoted words would be harder to read and to mend
)
_SMALL = frozenset(
    {"a", "i", "im", "is", "it", "me", "my", "no", "of", "one", "our", "the", "this", "to", "we", "you"}
)
_MOST_WORDS = 2
_WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiopü",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "!@#$%^&*()_+",
    '!"§$%&/()=',
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
)
_SHORTEST_WALK = 3
_LOOK_ALIKES = str.maketrans("01345789@$!|€+", "oleastbgasiiet")
_LEFT_OVER = re.compile(r"\d{1,4}|[\W_]{1,2}")
_PIECES = 3  # how many runs of digits or signs may stand around the words; without a word, one fewer
_LONGEST_REPEAT = 4


class CommonPasswords:
    """The passwords that are refused as common; ask with "in"."""

    def __contains__(self, password: object) -> bool:
        """Tell whether this is a common word or two, a walk over the keyboard, or the like, dressed up."""
        if not isinstance(password, str):
            return False
        folded = unicodedata.normalize("NFKC", password).casefold()
        return _is_repeated(folded) or _made_of_common_pieces(folded)


def _is_repeated(text: str) -> bool:
    """Tell whether a short piece comes again and again, as in "abcabcabcabc"; the last may be cut off."""
    return any(
        all(text[place] == text[place - length] for place in range(length, len(text)))
        for length in range(1, min(_LONGEST_REPEAT + 1, len(text)))
    )


def _made_of_common_pieces(text: str) -> bool:
    """Tell whether the text can be cut into at most two words, walks, repeats and a few digits and signs."""
    # For every place that can be reached: the (words, left-overs) it may take. Both are few, so all are kept.
    reached: list[set[tuple[int, int]]] = [set() for _ in range(len(text) + 1)]
    reached[0].add((0, 0))
    plain = text.translate(_LOOK_ALIKES)
    for start in range(len(text)):
        if not reached[start]:
            continue
        for end in range(start + 1, len(text) + 1):
            words, left_overs = _cost(text[start:end], plain[start:end])
            for had_words, had_left_overs in reached[start]:
                cost = (had_words + words, had_left_overs + left_overs)
                if cost[0] <= _MOST_WORDS and cost[1] <= _PIECES:
                    reached[end].add(cost)
    return any(words or left_overs < _PIECES for words, left_overs in reached[-1])


def _cost(piece: str, plain: str) -> tuple[int, int]:
    """Return how many (words, left-overs) a piece counts for; more than is allowed when it is not common."""
    if piece in _SMALL or _is_walk(piece):
        return 0, 0
    if piece in _WORDS or plain in _WORDS:
        return 1, 0
    if _LEFT_OVER.fullmatch(piece):
        return 0, 1
    return _MOST_WORDS + 1, 0


def _is_walk(piece: str) -> bool:
    if len(piece) < _SHORTEST_WALK:
        return False
    return len(set(piece)) == 1 or any(piece in walk or piece[::-1] in walk for walk in _WALKS)
