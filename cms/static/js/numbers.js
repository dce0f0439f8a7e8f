// A number as Danes type it, "12,5" or "1.250", read as `parse_decimal` of the server reads it: undefined where nothing
// was typed, and the text itself where it is no number, for the server to say so.
export function typedNumber(text) {
  let compact = text.replace(/\s/g, "");
  if (compact === "") return undefined;
  if (compact.includes(",")) compact = compact.replaceAll(".", "").replace(",", ".");
  else if (/^[1-9]\d{0,2}(\.\d{3})+$/.test(compact)) compact = compact.replaceAll(".", "");
  return /^\d+(\.\d+)?$/.test(compact) ? Number(compact) : text.trim();
}
