export { GuideStep } from "./GuideStep";
export { NameStep } from "./NameStep";
export { NewConnectionPage } from "./NewConnectionPage";
export { PermissionsStep } from "./PermissionsStep";
export { ReviewStep } from "./ReviewStep";
export { SetupLayout } from "./SetupLayout";
export { TokenStep } from "./TokenStep";
