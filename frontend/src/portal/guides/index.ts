export { ProviderGuide } from "./ProviderGuide";
export { type GuideValues, type Provider, type Road, roads } from "./roads";
