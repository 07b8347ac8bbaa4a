/** Show what a deletion did in each place. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { PlaceResult } from "../types.ts";

@customElement("vr-place-table")
export class PlaceTable extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 8px 0;
        border-block-start: var(--vr-line);
        text-align: start;
        vertical-align: top;
        font-weight: var(--ha-font-weight-normal, 400);
      }
      thead th {
        border: none;
        padding-block-end: 4px;
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-s, 12px);
      }
      .number {
        padding-inline-start: 12px;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      .failed {
        color: var(--error-color);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) places: PlaceResult[] = [];

  override render() {
    const { t } = this.texts;
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${t("receipts.place")}</th>
          <th scope="col" class="number">${t("receipts.found")}</th>
          <th scope="col" class="number">${t("receipts.deleted")}</th>
        </tr>
      </thead>
      <tbody>
        ${this.places.map((place) => this.row(place))}
      </tbody>
    </table>`;
  }

  private row(place: PlaceResult) {
    const { known, number } = this.texts;
    return html`<tr>
      <th scope="row">
        ${known(`places.${place.place}`, place.place)}
        <div class="small secondary">${this.check(place)}</div>
        ${this.failure(place)}
        ${
          place.residue
            ? html`<div class="small secondary">
              ${known(`residues.${place.residue}`, place.residue)}
            </div>`
            : nothing
        }
      </th>
      <td class="number">${number(place.found)}</td>
      <td class="number">${number(place.deleted)}</td>
    </tr>`;
  }

  private check({ verified, verified_by, failed }: PlaceResult): string {
    const { t, known } = this.texts;
    if (verified) return known(`verified_by.${verified_by}`, t("receipts.verified"));
    return failed ? "" : t("receipts.not_verified");
  }

  private failure({ failed, retry_at }: PlaceResult) {
    if (!failed) return nothing;
    const { t, known, date } = this.texts;
    const retry = retry_at ? t("receipts.retry_at", { when: date(retry_at) }) : "";
    return html`<div class="small failed">
      ${t("receipts.failed", { reason: known(`failures.${failed}`, failed) })} ${retry}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-place-table": PlaceTable;
  }
}
