import { startTalk } from "./talk.js";

startTalk();
