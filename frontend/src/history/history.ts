import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { View } from "../view.ts";

@customElement("vr-history")
export class HistoryView extends View {
  override render() {
    return html`<h2>${this.texts.t("history.title")}</h2>`;
  }
}
