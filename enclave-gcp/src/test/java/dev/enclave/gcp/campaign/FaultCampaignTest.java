package dev.enclave.gcp.campaign;

import dev.enclave.campaign.FaultCampaign;

class FaultCampaignTest extends FaultCampaign {

  FaultCampaignTest() {
    super(new GcpUnderTest());
  }
}
