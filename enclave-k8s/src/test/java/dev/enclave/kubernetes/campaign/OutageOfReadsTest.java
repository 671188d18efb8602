package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.OutageOfReadsCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on AWS KMS. */
@Tag("needs-kube-apiserver")
@Tag("full")
class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new KekOnAws());
  }
}
