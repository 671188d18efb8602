package dev.enclave.campaign.demo;

import dev.enclave.campaign.FaultCampaign;

class FaultCampaignTest extends FaultCampaign {

  FaultCampaignTest() {
    super(new KeyhouseUnderTest(), true);
  }
}
