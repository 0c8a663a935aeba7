export { RequestExplorerPage } from "./RequestExplorerPage";
