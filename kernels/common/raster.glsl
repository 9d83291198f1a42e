// Which tile of a matrix a workgroup computes: bands of RASTER tiles of rows, down each band's columns, so that workgroups that run
// at one time share rows and columns of their sources in the cache.
layout(constant_id = 0) const uint RASTER = 1;  // read in few places: points that differ here share their module

uvec2 Tile(uint group, uint tiles_down, uint tiles_across) {
  const uint band = group / (RASTER * tiles_across);
  const uint high = min(RASTER, tiles_down - band * RASTER);
  const uint place = group - band * (RASTER * tiles_across);
  return uvec2(band * RASTER + place % high, place / high);
}
