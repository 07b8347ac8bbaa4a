/** How the household's voice data stands: four figures, and what is going on or wrong. */

import {
  mdiCloudUploadOutline,
  mdiDatabaseLockOutline,
  mdiDeleteClockOutline,
  mdiTimerSandComplete,
} from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../parts/icon.ts";
import "../parts/progress.ts";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { Status } from "../types.ts";

@customElement("vr-status")
export class StatusSummary extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 216px), 1fr));
        gap: 16px;
      }
      .tile {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        column-gap: 16px;
        align-items: center;
      }
      .tile svg {
        grid-row: 1 / span 3;
        color: var(--secondary-text-color);
      }
      .value {
        font-size: var(--ha-font-size-xl, 20px);
        line-height: 1.3;
      }
      .bad svg,
      .bad .value {
        color: var(--error-color);
      }
      .card + dl,
      .going-on {
        margin-block-end: 16px;
      }
      @media (max-width: 600px) {
        dl {
          gap: 8px;
          grid-template-columns: 1fr 1fr;
        }
        .tile {
          display: block;
          padding: 12px;
        }
        .tile svg {
          display: none;
        }
        .value {
          font-size: var(--ha-font-size-l, 16px);
        }
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) status!: Status;

  override render() {
    const { t, number, bytes, relative } = this.texts;
    const { status } = this;
    return html`
      ${
        status.progress
          ? html`<section class="card going-on" aria-label=${t("delete.deleting")}>
            <h3>${t("delete.deleting")}</h3>
            <vr-progress .texts=${this.texts} .progress=${status.progress}></vr-progress>
          </section>`
          : nothing
      }
      <dl>
        ${this.tile(
          mdiDatabaseLockOutline,
          t("home.stored"),
          number(status.stored),
          status.oldest
            ? t("home.stored_detail", { size: bytes(status.size), when: relative(status.oldest) })
            : t("home.stored_nothing"),
        )}
        ${this.tile(
          mdiCloudUploadOutline,
          t("home.sent_today"),
          status.sent_to_cloud_today ? bytes(status.sent_to_cloud_today) : t("home.sent_no_audio"),
          t("common.characters", { count: number(status.characters_to_cloud_today) }),
        )}
        ${this.tile(
          mdiDeleteClockOutline,
          t("home.last_deletion"),
          status.last_purge ? relative(status.last_purge) : t("home.never"),
          status.last_sweep
            ? t("home.last_sweep", { when: relative(status.last_sweep) })
            : t("home.no_sweep"),
        )}
        ${this.tile(
          mdiTimerSandComplete,
          t("home.overdue"),
          status.overdue ? number(status.overdue) : t("home.none"),
          t(status.overdue ? "home.overdue_some" : "home.overdue_none"),
          status.overdue > 0,
        )}
      </dl>
    `;
  }

  private tile(
    picture: string,
    name: string,
    value: string,
    detail: string,
    isBad = false,
  ): TemplateResult {
    return html`<div class="card tile ${isBad ? "bad" : ""}">
      ${icon(picture, 32)}
      <dt class="secondary small">${name}</dt>
      <dd class="value">${value}</dd>
      <dd class="secondary small">${detail}</dd>
    </div>`;
  }
}
