import trial.locking
import trial.migration_operations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('crf', '0003_one_of_a_visit'),
        ('trial', '0003_review'),
    ]

    operations = [
        trial.migration_operations.CreatedTogether(
            operations=[migrations.AddConstraint(
                model_name='administration',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_administration_honors_locks', others=[], visit='(select visit_id from crf_cycle where id = new.cycle_id)'),
            ), migrations.AddConstraint(
                model_name='consent',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_consent_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='criterion',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_criterion_honors_locks', others=[], visit='(select visit_id from crf_eligibility where id = new.eligibility_id)'),
            ), migrations.AddConstraint(
                model_name='cycle',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_cycle_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='demographics',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_demographics_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='diseaseextent',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_diseaseextent_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='eligibility',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_eligibility_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='fraction',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_fraction_honors_locks', others=[], visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
            ), migrations.AddConstraint(
                model_name='interruption',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_interruption_honors_locks', others=[], visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
            ), migrations.AddConstraint(
                model_name='laboratorypanel',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_laboratorypanel_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='laboratoryresult',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_laboratoryresult_honors_locks', others=[], visit='(select visit_id from crf_laboratorypanel where id = new.panel_id)'),
            ), migrations.AddConstraint(
                model_name='lesion',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_lesion_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='newlesion',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_newlesion_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
            ), migrations.AddConstraint(
                model_name='nontargetfinding',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_nontargetfinding_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
            ), migrations.AddConstraint(
                model_name='primarytumor',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_primarytumor_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='radiotherapycourse',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_radiotherapycourse_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='randomization',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_randomization_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_regimen_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='responseassessment',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_responseassessment_honors_locks', others=[], visit='new.visit_id'),
            ), migrations.AddConstraint(
                model_name='scan',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_scan_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
            ), migrations.AddConstraint(
                model_name='targetmeasurement',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_targetmeasurement_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
            ), migrations.AddConstraint(
                model_name='targetvolume',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_targetvolume_honors_locks', others=[], visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
            ), migrations.AddConstraint(
                model_name='vitalsigns',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='crf_vitalsigns_honors_locks', others=[], visit='new.visit_id'),
            )],
        ),
    ]
