package dev.enclave.campaign.records;

import dev.enclave.campaign.CrashCampaign;

class RecordsCrashTest extends CrashCampaign {

  RecordsCrashTest() {
    super(new RecordsUnderTest());
  }
}
