"""Texts that small tokenizers are trained on and compared with: first articles of the Universal Declaration of Human Rights
(United Nations, public domain) in many scripts, and what tokenizers stumble over."""
import random
import unicodedata

DECLARATION = [
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.",
    "Everyone has the right to life, liberty and security of person. No one shall be held in slavery or servitude; slavery and the slave trade shall be prohibited in all their forms.",
    "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen.",
    "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.",
    "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência, devem agir uns para com os outros em espírito de fraternidade.",
    "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση.",
    "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا وعليهم أن يعامل بعضهم بعضًا بروح الإخاء.",
    "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם לנהוג איש ברעהו ברוח של אחוה.",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है।",
    "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்; அவர்கள் மதிப்பிலும், உரிமைகளிலும் சமமானவர்கள்.",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ",
    "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người đều được tạo hóa ban cho lý trí và lương tâm.",
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.",
    "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
    "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։",
    "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem.",
    "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím.",
    "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto.",
    "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri, hivyo yapasa watendeane kindugu.",
    "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.",
    "Усі люди народжуються вільними і рівними у своїй гідності та правах.",
    "a photo of a cat, a picture of a dog, the red car in front of the house 1 2 3 4 5 6 7 8 9 0 10 20 2024 3.14 it's don't they're",
]

PIECES = [
    "[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "<s>", "</s>", "<pad>", "<unk>", "<mask>", "<bos>", "<eos>", "[cls]", "<S>", " <mask> ", "[MASK].", "▁", "▁▁a", "##ing",
    " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u200d", "\ufeff", "\u0085", "\u2028", "\u0000", "\u0001", "\u001f", "\u007f", "\u009f", "\u00ad", "\ufffd", "\ue000",
    "\u0301", "\u0308", "\u20dd", "e\u0301", "A\u030a", "\u1100\u1161\u11a8", "ﬁ", "ﷺ", "㌔", "½", "Ⅷ", "①", "ｆｕｌｌ", "ｶﾞ", "İ", "ß", "ẞ", "Σ", "ΣΑΣ", "ς", "ŉ", "ǅ", "K", "Å", "µ",
    "🍕", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤️", "1️⃣", "🤩", "🥲", "🫠", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "¯\\_(ツ)_/¯", "—", "…", "“”", "«»", "。", "、", "！", "؟", "،", "।", "•", "©", "™", "€", "°", "×", "≠", "~", "`", "^", "$", "|", "<", "=", ">", "+",
    "http://example.com/a?b=c&d=%20", "user@example.com", "C++", "it's", "we've", "IT'S", "''", "3.14", "1,000", "$5.99", "snake_case", "camelCase", "kebab-case", "#tag", "a/b\\c", "x**2",
    "supercalifragilisticexpialidocious", "a" * 120, "漢" * 40, "1" * 60, "." * 70, "é" * 50, "🍕" * 30, "the " * 20,
]


def strings(count):
    """So many different texts: parts of the declaration, pieces that are hard, and characters of every block of Unicode."""
    draw = random.Random(11)
    blocks = [start for start in range(0, 0x30000, 0x80) if any(unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co") for c in range(start, start + 0x80))]
    words = [word for line in DECLARATION for word in line.split()]
    found = ["", " ", "\n", *DECLARATION, *(line.upper() for line in DECLARATION), *PIECES]
    found += [" ".join(draw.choices(words, k=900)) for _ in range(6)] + ["".join(draw.choices(DECLARATION[8], k=900)), "a" * 3000, "word " * 700, "🍕" * 600]
    for block in blocks:
        letters = [chr(c) for c in range(block, block + 0x80) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]
        found.append("".join(draw.choices(letters, k=min(14, len(letters)))))
        found.append(" ".join("".join(draw.choices(letters, k=3)) for _ in range(3)) + draw.choice(["", ".", " the end"]))
    while len(set(found)) < count:
        parts = [draw.choice(words) if draw.random() < 0.6 else draw.choice(PIECES) for _ in range(draw.randint(1, 12))]
        joined = "".join(part + draw.choice([" ", " ", " ", "", "  ", "\n"]) for part in parts)
        found.append(joined if draw.random() < 0.6 else joined.strip())
    return list(dict.fromkeys(found))[:count] if len(set(found)) >= count else found
