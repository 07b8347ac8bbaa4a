/** Say why there is nothing to see. */

import { mdiFilterOffOutline, mdiMicrophoneOff, mdiTextSearch } from "@mdi/js";
import { html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Api } from "../api.ts";
import type { Hass } from "../hass.ts";
import "../parts/notice.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Home } from "../types.ts";

@customElement("vr-empty-history")
export class EmptyHistory extends LitElement {
  static override styles = [base, controls];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  /** What narrows down what is shown. */
  @property() because: "nothing" | "filter" | "search" = "nothing";
  @state() private home: Home | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // Without an answer, the sentence only says less.
    this.api.home().then(
      (home) => {
        this.home = home;
      },
      () => undefined,
    );
  }

  override render() {
    const { t } = this.texts;
    switch (this.because) {
      case "search":
        return this.notice(mdiTextSearch, t("history.none_found"), t("history.none_found_about"));
      case "filter":
        return html`<vr-notice
          .texts=${this.texts}
          .icon=${mdiFilterOffOutline}
          .heading=${t("history.none_match")}
          .text=${t("history.none_match_about")}
        >
          <button @click=${() => this.dispatchEvent(new Event("clear"))}>
            ${t("history.clear_filters")}
          </button>
        </vr-notice>`;
      case "nothing":
        return this.notice(
          mdiMicrophoneOff,
          t("history.none"),
          t(this.isNever() ? "history.none_never" : "history.none_yet"),
        );
    }
  }

  private notice(picture: string, heading: string, text: string) {
    return html`<vr-notice
      .texts=${this.texts}
      .icon=${picture}
      .heading=${heading}
      .text=${text}
    ></vr-notice>`;
  }

  /** Whether no satellite keeps anything. */
  private isNever(): boolean {
    if (!this.home) return false;
    const { defaults, satellites } = this.home;
    const state = (id: string | null) => (id ? this.hass.states[id]?.state : undefined);
    const usual = state(defaults.keep_recordings);
    return satellites.every(({ entities }) => {
      const own = state(entities.keep_recordings) ?? "default";
      return (own === "default" ? usual : own) === "never";
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-empty-history": EmptyHistory;
  }
}
