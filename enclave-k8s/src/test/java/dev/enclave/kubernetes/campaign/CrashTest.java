package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.CrashCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on AWS KMS. */
@Tag("needs-kube-apiserver")
@Tag("full")
class CrashTest extends CrashCampaign {

  CrashTest() {
    super(new KekOnAws());
  }
}
