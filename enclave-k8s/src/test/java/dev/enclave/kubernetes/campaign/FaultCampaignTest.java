package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.FaultCampaign;
import org.junit.jupiter.api.Tag;

/** Faults meet requests to the API server and to AWS KMS. */
@Tag("needs-kube-apiserver")
class FaultCampaignTest extends FaultCampaign {

  FaultCampaignTest() {
    super(new KekOnAws());
  }
}
