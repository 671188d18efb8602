/** Single exchanges with token and metadata endpoints, bounded in time and size. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.http;
