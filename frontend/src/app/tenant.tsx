import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink, type LinkComponentProps, useNavigate } from "@tanstack/react-router";
import { createContext, type ReactNode, useCallback, useContext, useMemo } from "react";
import { forwardRef } from "react";

/** The tenant that a page is about, and where its pages are. */
export interface TenantPlace {
  id: string;
  name: string;
  /** "/portal", or "/console/tenants/ten…" for the vendor's people. */
  base: string;
}

const Place = createContext<TenantPlace | null>(null);

export function TenantProvider({ id, name, base, children }: TenantPlace & { children: ReactNode }) {
  const place = useMemo(() => ({ id, name, base }), [id, name, base]);
  return <Place.Provider value={place}>{children}</Place.Provider>;
}

/** useTenant is the tenant that the page is about. */
export function useTenant(): TenantPlace {
  const place = useContext(Place);
  if (!place) throw new Error("useTenant: outside of a tenant");
  return place;
}

/** useTenantPath makes addresses of the tenant's pages: path("people", id). */
export function useTenantPath(): (...segments: string[]) => string {
  const { base } = useTenant();
  return useCallback((...segments) => [base, ...segments].join("/"), [base]);
}

/** useGo leads to an address of the interface. */
export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback((to, options) => void navigate({ to, replace: options?.replace ?? false }), [navigate]);
}

const AnchorBase = forwardRef<HTMLAnchorElement, AnchorProps>(function AnchorBase(props, ref) {
  return <Anchor ref={ref} {...props} />;
});
const ButtonBase = forwardRef<HTMLAnchorElement, ButtonProps>(function ButtonBase(props, ref) {
  return <Button component="a" ref={ref} {...props} />;
});
const RoutedAnchor = createLink(AnchorBase);
const RoutedButton = createLink(ButtonBase);

type To = { to: string; search?: Record<string, string | undefined>; replace?: boolean };

/** A link to a page of the interface, by its whole address. */
export function Go({ to, ...props }: To & Omit<AnchorProps, "href"> & { children?: ReactNode; "aria-label"?: string }) {
  return <RoutedAnchor {...({ to, ...props } as unknown as LinkComponentProps<typeof AnchorBase>)} />;
}

/** A link that looks like a button. */
export function GoButton({ to, ...props }: To & Omit<ButtonProps, "component"> & { children?: ReactNode; "aria-label"?: string }) {
  return <RoutedButton {...({ to, ...props } as unknown as LinkComponentProps<typeof ButtonBase>)} />;
}
