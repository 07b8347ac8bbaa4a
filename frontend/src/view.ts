/** What every view of the panel has. */

import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Api } from "./api.ts";
import type { Hass } from "./hass.ts";
import type { Live } from "./live.ts";
import type { Texts } from "./texts.ts";
import { base, controls } from "./theme.ts";
import type { Changed } from "./types.ts";

export abstract class View extends LitElement {
  static override styles = [base, controls];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) live!: Live;
  @property({ type: Boolean, reflect: true }) narrow = false;

  /** What makes the view look again, and how. */
  protected readonly follows: Changed[] = [];
  private stopFollowing: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopFollowing = this.live.on(this.follows, () => this.changed());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopFollowing?.();
  }

  /** Something that the view follows has changed. */
  protected changed(): void {
    this.requestUpdate();
  }
}
