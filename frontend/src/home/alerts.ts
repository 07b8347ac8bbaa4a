/** Say what is wrong with the protection or the storage, with the way to mend it. */

import { mdiShieldAlertOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../parts/icon.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Satellite, Status } from "../types.ts";

@customElement("vr-alerts")
export class HomeAlerts extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      :host([hidden]) {
        display: none;
      }
      .card {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 16px;
        border-color: var(--vr-cloud);
        background: color-mix(in srgb, var(--vr-cloud) 8%, var(--card-background-color));
      }
      .card svg {
        color: var(--vr-cloud);
      }
      .grow {
        flex-basis: 240px;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) satellites: Satellite[] = [];
  @property({ attribute: false }) status!: Status;
  @property({ type: Boolean, attribute: "is-busy" }) isBusy = false;

  override willUpdate(): void {
    const { satellites, status } = this;
    this.hidden =
      status.is_available &&
      gapsOf(satellites, true).length + gapsOf(satellites, false).length === 0;
  }

  override render() {
    return html`${this.trouble()} ${this.gaps()} ${this.wakeWordGaps()}`;
  }

  private trouble(): TemplateResult | typeof nothing {
    const { is_available, trouble } = this.status;
    if (is_available) return nothing;
    const { t, known } = this.texts;
    const why = trouble ? known(`failures.${trouble}`, trouble) : "";
    return this.alert(t("home.trouble"), `${why} ${t("home.trouble_about")}`);
  }

  private gaps(): TemplateResult | typeof nothing {
    const names = gapsOf(this.satellites, false);
    if (names.length === 0) return nothing;
    const { t } = this.texts;
    return this.alert(
      t("home.gap"),
      t("home.gap_about", { satellites: names.join(", ") }),
      html`<button
        ?disabled=${this.isBusy}
        @click=${() => this.dispatchEvent(new Event("protect"))}
      >
        ${t("home.protect")}
      </button>`,
    );
  }

  /** No guard can stand in front of a wake word engine, so another one has to be chosen. */
  private wakeWordGaps(): TemplateResult | typeof nothing {
    const names = gapsOf(this.satellites, true);
    if (names.length === 0) return nothing;
    const { t } = this.texts;
    return this.alert(
      t("home.wake_gap"),
      t("home.wake_gap_about", { satellites: names.join(", ") }),
      html`<a href="/config/voice-assistants/assistants">${t("home.to_assistants")}</a>`,
    );
  }

  private alert(
    heading: string,
    text: string,
    action: TemplateResult | typeof nothing = nothing,
  ): TemplateResult {
    return html`<section class="card" role="alert">
      ${icon(mdiShieldAlertOutline, 32)}
      <div class="grow">
        <h3>${heading}</h3>
        <p class="secondary">${text}</p>
      </div>
      ${action}
    </section>`;
  }
}

/** The names of the satellites with a gap at, or after, their wake word engine. */
function gapsOf(satellites: Satellite[], isAtWakeWord: boolean): string[] {
  return satellites
    .filter(({ paths }) =>
      paths.some(({ steps }) =>
        steps.some(({ is_gap, kind }) => is_gap && (kind === "wake_word") === isAtWakeWord),
      ),
    )
    .map(({ name }) => name);
}
