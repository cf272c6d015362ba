/**
 * The entry: htmx, the style sheets and the small modules of this folder.
 *
 * A module either listens on the document (so that parts swapped in later are covered at once) or offers
 * `attach…(root)`, which is called for the page and again for every part that htmx swaps in.
 */
import htmx from "htmx.org";
import "@tabler/core/dist/css/tabler.css";
import "./styles/tokens.css";
import "./styles/page.css";
import "./styles/words.css";
import "./styles/lists.css";
import "./styles/forms.css";
import "./styles/finding.css";
import "./styles/receipt.css";
import "./styles/case.css";
import "./styles/accounts.css";
import "./styles/setup.css";
import "./styles/offices.css";
import "./styles/charts.css";
import "./styles/modes.css";
import "./styles/print.css";
import { attachCharts } from "./charts";
import { attachDrafts, listenForDrafts } from "./draft";
import { listenForPictures } from "./lightbox";
import { attachLooks, listenForLooks } from "./look";
import { listenForSleep } from "./live";
import { listenForMenus } from "./menu";
import { listenForPlaces } from "./nearby";
import { listenForSubmissions } from "./once";
import { listenForPasskeys } from "./passkey";
import { listenForPhotos } from "./photo";
import { attachPicks, listenForPicks } from "./picks";
import { attachPointMaps } from "./point-map";
import { attachPreferences } from "./preference";
import { attachRecorders } from "./recorder";
import { attachSegments } from "./segments";
import { attachSteps, listenForShortcuts } from "./shortcuts";
import { listenForRequests } from "./token";
import { attachTypeaheads } from "./typeahead";

function attachAll(root: ParentNode): void {
  attachCharts(root);
  attachDrafts(root);
  attachLooks(root);
  attachTypeaheads(root);
  attachPicks(root);
  attachPointMaps(root);
  attachPreferences(root);
  attachRecorders(root);
  attachSegments(root);
}

document.documentElement.dataset["script"] = "";
listenForDrafts();
listenForLooks();
listenForPictures();
listenForMenus();
listenForPasskeys();
listenForPhotos();
listenForPicks();
listenForPlaces();
listenForRequests();
listenForShortcuts();
listenForSleep();
listenForSubmissions();
attachAll(document);
attachSteps();
htmx.onLoad((element) => {
  if (element instanceof Element) attachAll(element);
});
