import { createContext, useContext } from "react";

/** How the vendor wants the interface to look. */
export interface Brand {
  productName: string;
  /** A data: address of a picture. */
  logo: string | null;
  /** #rrggbb */
  accent: string | null;
}

export const ownBrand: Brand = { productName: "Roster", logo: null, accent: null };

const Current = createContext<Brand>(ownBrand);

export const BrandProvider = Current.Provider;

/** useBrand is how the vendor wants the interface to look. */
export const useBrand = () => useContext(Current);
