/**
 * The vocabulary shared by disk and wire: {@linkplain io.sanlockd.model.ResultCode result codes},
 * {@linkplain io.sanlockd.model.LeaseName names} and {@linkplain io.sanlockd.model.Geometry
 * geometries}. Pure values without I/O, native code or dependencies; every other room may use them.
 */
package io.sanlockd.model;
