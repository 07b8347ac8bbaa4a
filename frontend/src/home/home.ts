/** Show where each satellite's voice goes, and let everything about it be changed right there. */

import { mdiAccountVoiceOff } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "../parts/delete.ts";
import type { DeleteDialog } from "../parts/delete.ts";
import "../parts/notice.ts";
import type { Changed, Home, Satellite } from "../types.ts";
import { View } from "../view.ts";
import "./alerts.ts";
import "./household.ts";
import { OTHER_CLIENTS } from "./satellite.ts";
import "./status.ts";
import "./ways.ts";

@customElement("vr-home")
export class HomeView extends View {
  static override styles = [
    ...View.styles,
    css`
      .page {
        display: flex;
        flex-direction: column;
        gap: 24px;
        max-width: 1200px;
        margin-inline: auto;
        padding: 24px 16px 48px;
      }
      .satellites {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      .intro {
        max-width: 72ch;
        margin-block-start: 8px;
        text-wrap: pretty;
      }
    `,
  ];

  protected override readonly follows: Changed[] = ["status", "coverage"];
  @state() private home: Home | undefined;
  @state() private failure: unknown;
  @state() private isProtecting = false;
  @query("vr-delete") private dialog!: DeleteDialog;
  /** Whether something changed while the answer to an earlier question was on its way. */
  private isStale = false;
  private isLooking = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
  }

  protected override changed(): void {
    void this.look();
  }

  override render() {
    return html`<div class="page">${this.content()}</div>
      <vr-delete .api=${this.api} .texts=${this.texts} .live=${this.live}></vr-delete>`;
  }

  private content(): TemplateResult {
    const { t, failure: sentence } = this.texts;
    if (this.failure) {
      return html`<vr-notice
        is-error
        .texts=${this.texts}
        .text=${sentence(this.failure)}
        @retry=${this.look}
      ></vr-notice>`;
    }
    if (!this.home) {
      return html`<vr-notice .texts=${this.texts} .text=${t("home.looking")}></vr-notice>`;
    }
    const { satellites, defaults, status, ways_out } = this.home;
    return html`
      <vr-alerts
        .texts=${this.texts}
        .satellites=${satellites}
        .status=${this.live.status ?? status}
        .isBusy=${this.isProtecting}
        @protect=${this.protect}
      ></vr-alerts>
      <vr-status .texts=${this.texts} .status=${this.live.status ?? status}></vr-status>
      <vr-household
        .hass=${this.hass}
        .texts=${this.texts}
        .defaults=${defaults}
      ></vr-household>
      <div>
        <h2>${t("home.heading")}</h2>
        <p class="secondary intro">${t("home.about")}</p>
      </div>
      ${this.satelliteCards(satellites, defaults)}
      <vr-ways-out .texts=${this.texts} .waysOut=${ways_out}></vr-ways-out>
    `;
  }

  private satelliteCards(satellites: Satellite[], defaults: Home["defaults"]): TemplateResult {
    const { t } = this.texts;
    return html`<div class="satellites">
      ${
        satellites.every((satellite) => satellite.key === OTHER_CLIENTS)
          ? html`<vr-notice
            .texts=${this.texts}
            .icon=${mdiAccountVoiceOff}
            .heading=${t("home.no_satellites")}
            .text=${t("home.no_satellites_about")}
          ></vr-notice>`
          : nothing
      }
      ${repeat(
        satellites,
        (satellite) => satellite.key,
        (satellite) =>
          html`<vr-satellite
            .hass=${this.hass}
            .texts=${this.texts}
            .satellite=${satellite}
            .defaults=${defaults}
            @ask-delete=${() => this.askDelete(satellite)}
          ></vr-satellite>`,
      )}
    </div>`;
  }

  private async protect(): Promise<void> {
    this.isProtecting = true;
    try {
      await this.api.protect();
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isProtecting = false;
    }
  }

  private askDelete({ key, name }: Satellite): void {
    void this.dialog.ask({ what: { satellites: [key] }, about: name });
  }

  /** Ask again; while an answer is awaited, once more after it. */
  private async look(): Promise<void> {
    if (this.isLooking) {
      this.isStale = true;
      return;
    }
    this.isLooking = true;
    try {
      do {
        this.isStale = false;
        this.home = await this.api.home();
      } while (this.isStale);
      this.failure = undefined;
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isLooking = false;
    }
  }
}
