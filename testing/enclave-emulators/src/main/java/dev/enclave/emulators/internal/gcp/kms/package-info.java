/**
 * Cloud KMS (google.cloud.kms.v1.KeyManagementService). "service.proto" and "resources.proto" in
 * comments are google/cloud/kms/v1/service.proto and resources.proto; titles in quotes are pages of
 * Cloud KMS's documentation.
 */
@NullMarked
package dev.enclave.emulators.internal.gcp.kms;

import org.jspecify.annotations.NullMarked;
