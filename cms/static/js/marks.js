// What may name a person in a text, found as backend/examples/personal_hints.py finds it: the same rules (rules.json),
// read the same way. Both are tried on one table of texts.
const NUMBER_BEFORE = 20, PERSON_BEFORE = 100, PERSON_AFTER = 60, WORD_AFTER = 20, SENTENCE_BEFORE = 10;

// A function from a text to [{ kind, start, end }], in the order they stand.
export function finder(rules) {
  const letters = Object.entries(rules.letters).map(([name, all]) => [`{${name}}`, all]);
  const filled = (pattern) => letters.reduce((text, [name, all]) => text.replaceAll(name, all), pattern);
  letters.push(["{NAME}", filled(rules.name)]);
  letters.push(["{NUMBER}", filled(rules.house_number)]);
  const every = (pattern, flags = "") => new RegExp(filled(pattern), `g${flags}`);
  const patterns = rules.patterns.map((rule) => ({
    kind: rule.kind, pattern: every(rule.pattern),
    notAfter: rule.not_after && new RegExp(`(?:${rule.not_after})$`, "i"),
  }));
  const fullName = every(rules.full_name), oneName = every(rules.one_name), health = every(rules.health, "i");
  const onePerson = new RegExp(filled(rules.one_person), "i");
  const givenNames = new Set(rules.given_names), notPersons = new Set(rules.not_persons);

  const before = (text, at, length) => text.slice(Math.max(at - length, 0), at);
  const first = (word) => word.split("-")[0];

  function* byPatterns(text) {
    for (const { kind, pattern, notAfter } of patterns) {
      for (const match of text.matchAll(pattern)) {
        const end = match.index + match[0].length;
        const start = match[1] === undefined ? match.index : end - match[1].length; // a group stands at the end
        if (notAfter?.test(before(text, start, NUMBER_BEFORE))) continue;
        const found = text.slice(start, end).toLowerCase();
        if (kind === "address" && rules.not_streets.some((word) => found.startsWith(word))) continue;
        yield { kind, start, end };
      }
    }
  }

  function* byNames(text) {
    for (const match of text.matchAll(fullName)) {
      const words = match[0].split(" ");
      const end = match.index + match[0].length;
      if (words.some((word) => notPersons.has(word))) continue;
      const given = words.slice(0, -1).findIndex((word) => givenNames.has(first(word)));
      const start = match.index + words.slice(0, Math.max(given, 0)).reduce((sum, word) => sum + word.length + 1, 0);
      const isSurname = rules.surname_endings.some((ending) => match[0].toLowerCase().endsWith(ending));
      if (given >= 0 || isSurname) yield { kind: "name", start, end };
    }
    for (const match of text.matchAll(oneName)) {
      if (!givenNames.has(first(match[0]))) continue;
      const end = match.index + match[0].length;
      const following = text.slice(end, end + WORD_AFTER).trim().split(/\s+/)[0].replace(/^[.,]+|[.,]+$/g, "");
      if (notPersons.has(following)) continue;
      const said = before(text, match.index, SENTENCE_BEFORE).replace(/[ \t]+$/, "");
      if (said && !rules.sentence_ends.includes(said.at(-1))) yield { kind: "name", start: match.index, end };
    }
  }

  function* byHealth(text) {
    for (const match of text.matchAll(health)) {
      const end = match.index + match[0].length;
      const sentence = [
        before(text, match.index, PERSON_BEFORE).split(/[.!?\n]/).at(-1),
        text.slice(end, end + PERSON_AFTER).split(/[.!?\n]/)[0],
      ];
      if (sentence.some((part) => onePerson.test(part))) yield { kind: "health", start: match.index, end };
    }
  }

  return (typed) => {
    const text = typed.replaceAll("\u00a0", " ");
    const found = [...byPatterns(text), ...byNames(text), ...byHealth(text)];
    found.sort((one, other) => one.start - other.start || other.end - one.end);
    const apart = [];
    for (const hint of found) if (!apart.length || hint.start >= apart.at(-1).end) apart.push(hint);
    return apart;
  };
}
