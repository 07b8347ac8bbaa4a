/** Put what a receipt says, and what a verification found, into sentences. */

import type { Texts } from "../texts.ts";
import type { StoredReceipt, Verification } from "../types.ts";

/** Who or what wanted the deletion. */
export function asker(receipt: StoredReceipt, { t, known }: Texts): string {
  const { asked_by, asked_through, user_name, user_id, names } = receipt;
  if (!asked_by) return known(`receipt_kinds.${receipt.kind}`, receipt.kind);
  return t(`asked_by.${asked_by}`, {
    who: user_name ?? t(user_id ? "receipts.former_user" : "receipts.somebody"),
    through: asked_through ? (names[asked_through] ?? asked_through) : t("receipts.unnamed"),
  });
}

/** What was to be deleted. */
export function scope(receipt: StoredReceipt, texts: Texts): string[] {
  const wanted = receipt.scope;
  if (!wanted) return [];
  const { t, number, option, known } = texts;
  const join = (words: string[]) => texts.list(words);
  return [
    wanted.satellites
      ? join(wanted.satellites.map((key) => receipt.names[key] ?? key))
      : wanted.recording_ids
        ? ""
        : t("receipts.everybody"),
    wanted.recording_ids
      ? t("receipts.chosen", { count: number(wanted.recording_ids.length) })
      : period(wanted, texts),
    wanted.content.length < 3
      ? t("receipts.only", { what: join(wanted.content.map((one) => option("content", one))) })
      : "",
    wanted.places
      ? t("receipts.only", { what: join(wanted.places.map((one) => known(`places.${one}`, one))) })
      : "",
    wanted.include_held ? t("receipts.held_too") : "",
    wanted.include_ledger ? t("receipts.ledger_too") : "",
  ].filter(Boolean);
}

function period(
  { start_time, end_time }: { start_time: string | null; end_time: string | null },
  { t, date }: Texts,
): string {
  if (start_time && end_time) {
    return t("receipts.from_to", { start: date(start_time), end: date(end_time) });
  }
  if (start_time) return t("receipts.from", { start: date(start_time) });
  return end_time ? t("receipts.to", { end: date(end_time) }) : t("receipts.any_time");
}

export interface Verdict {
  isGood: boolean;
  sentences: string[];
}

/** What a verification found; what could not be searched is said as well. */
export function verdict(found: Verification, texts: Texts): Verdict {
  const { t, number, known } = texts;
  const places = (keys: string[]) =>
    texts.list([...new Set(keys)].map((key) => known(`places.${key}`, key)));
  const { chain, findings, owed } = found;
  const nothingBack = (searched: string[]) =>
    searched.length ? t("receipts.nothing_back", { places: places(searched) }) : "";
  const sentences = [
    chain.first_broken === null
      ? t("receipts.chain_intact", { count: number(chain.receipts) })
      : t("receipts.chain_broken", { number: number(chain.first_broken) }),
    findings.length
      ? t("receipts.back", { places: places(findings.map(({ place }) => place)) })
      : nothingBack(Object.keys(found.searched)),
    ...byReason(found).map(([reason, keys]) =>
      t("receipts.not_searched", {
        places: places(keys),
        reason: known(`not_searched.${reason}`, known(`failures.${reason}`, reason)),
      }),
    ),
    owed.length ? t("receipts.owed", { places: places(owed.flatMap((work) => work.places)) }) : "",
  ];
  return { isGood: found.good, sentences: sentences.filter(Boolean) };
}

function byReason({ not_searched }: Verification): [string, string[]][] {
  const places = new Map<string, string[]>();
  for (const [place, reasons] of Object.entries(not_searched)) {
    for (const reason of Object.keys(reasons)) {
      places.set(reason, [...(places.get(reason) ?? []), place]);
    }
  }
  return [...places];
}
