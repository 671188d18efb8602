/** The settings, and the places and endpoints that they name. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.settings;
