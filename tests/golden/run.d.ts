import type {
  BonesParams,
  Engine,
  LungsParams,
  PhantomOptions,
  PrepareStep,
  RecipeStep,
  SurfaceOptions,
} from 'hounsfield';

/** One entry of cases.json. */
export interface Case {
  readonly name: string;
  readonly phantom: PhantomOptions;
  readonly recipes: Readonly<Record<string, readonly RecipeStep[]>>;
  readonly bones: Readonly<Record<string, BonesParams>>;
  readonly lungs: Readonly<Record<string, LungsParams>>;
  /** Of the scan and the mask of the recipe `of`. */
  readonly prepare?: Readonly<
    Record<string, { readonly of: string; readonly steps: readonly PrepareStep[] }>
  >;
  /** Of the mask of the recipe `of`, or of the scan. */
  readonly surfaces?: Readonly<
    Record<string, { readonly of?: string; readonly options: SurfaceOptions }>
  >;
}

export function runCase(engine: Engine, one: Case): Promise<Record<string, string>>;
