import django.db.models.deletion
import trial.history
import trial.migration_operations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('crf', '0001_initial'),
        ('trial', '0002_parameter_decisions'),
    ]

    operations = [
        trial.migration_operations.CreatedTogether(
            operations=[migrations.RemoveConstraint(
                model_name='newlesion',
                name='crf_newlesion_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='nontargetfinding',
                name='crf_nontargetfinding_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='randomization',
                name='crf_randomization_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='responseassessment',
                name='crf_responseassessment_keeps_history',
            ), migrations.AddField(
                model_name='historicalnewlesion',
                name='followed',
                field=models.ForeignKey(blank=True, db_comment='TU.TULNKID', db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.lesion', verbose_name='Followed as lesion (N01 …)'),
            ), migrations.AddField(
                model_name='historicalnewlesion',
                name='growth',
                field=models.CharField(blank=True, choices=[('NONE', 'Not larger'), ('SOME', 'Larger'), ('UNEQUIVOCAL', 'Unequivocally larger'), ('GONE', 'Gone')], db_comment='SUPPTR.TRGROW', default='', max_length=40, verbose_name='If followed: compared with the time point before'),
            ), migrations.AddField(
                model_name='historicalnontargetfinding',
                name='growth',
                field=models.CharField(blank=True, choices=[('NONE', 'Not larger'), ('SOME', 'Larger'), ('UNEQUIVOCAL', 'Unequivocally larger')], db_comment='SUPPTR.TRGROW', default='', max_length=40, verbose_name='Compared with the time point before (iRECIST)'),
            ), migrations.AddField(
                model_name='historicalrandomization',
                name='levels',
                field=models.JSONField(db_comment='SUPPDS.RANDLEV', editable=False, null=True, verbose_name='levels of the factors, as used'),
            ), migrations.AddField(
                model_name='historicalrandomization',
                name='method',
                field=models.CharField(blank=True, choices=[('PERMUTED_BLOCK', 'Permuted blocks'), ('MINIMIZATION', 'Minimization')], db_comment='SUPPDS.RANDMTH', default='', editable=False, max_length=20, verbose_name='method used'),
            ), migrations.AddField(
                model_name='historicalresponseassessment',
                name='clinically_stable',
                field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPRS.CLINSTAB', default='', max_length=40, verbose_name='If progression under immunotherapy: clinically stable'),
            ), migrations.AddField(
                model_name='newlesion',
                name='followed',
                field=models.ForeignKey(blank=True, db_comment='TU.TULNKID', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.lesion', verbose_name='Followed as lesion (N01 …)'),
            ), migrations.AddField(
                model_name='newlesion',
                name='growth',
                field=models.CharField(blank=True, choices=[('NONE', 'Not larger'), ('SOME', 'Larger'), ('UNEQUIVOCAL', 'Unequivocally larger'), ('GONE', 'Gone')], db_comment='SUPPTR.TRGROW', default='', max_length=40, verbose_name='If followed: compared with the time point before'),
            ), migrations.AddField(
                model_name='nontargetfinding',
                name='growth',
                field=models.CharField(blank=True, choices=[('NONE', 'Not larger'), ('SOME', 'Larger'), ('UNEQUIVOCAL', 'Unequivocally larger')], db_comment='SUPPTR.TRGROW', default='', max_length=40, verbose_name='Compared with the time point before (iRECIST)'),
            ), migrations.AddField(
                model_name='randomization',
                name='levels',
                field=models.JSONField(db_comment='SUPPDS.RANDLEV', editable=False, null=True, verbose_name='levels of the factors, as used'),
            ), migrations.AddField(
                model_name='randomization',
                name='method',
                field=models.CharField(blank=True, choices=[('PERMUTED_BLOCK', 'Permuted blocks'), ('MINIMIZATION', 'Minimization')], db_comment='SUPPDS.RANDMTH', default='', editable=False, max_length=20, verbose_name='method used'),
            ), migrations.AddField(
                model_name='responseassessment',
                name='clinically_stable',
                field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPRS.CLINSTAB', default='', max_length=40, verbose_name='If progression under immunotherapy: clinically stable'),
            ), migrations.AddConstraint(
                model_name='newlesion',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_class', 'organ', 'organ_detail', 'laterality', 'certainty', 'size_mm', 'in_field', 'followed_id', 'growth'], computed=[], digest='b71456b9', fixed=['assessment_id'], history='crf_historicalnewlesion', name='crf_newlesion_keeps_history'),
            ), migrations.AddConstraint(
                model_name='newlesion',
                constraint=models.CheckConstraint(condition=models.Q(('growth__in', ['NONE', 'SOME', 'UNEQUIVOCAL', 'GONE', ''])), name='crf_newlesion_growth_codes', violation_error_message='“If followed: compared with the time point before” is one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='nontargetfinding',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_id', 'state', 'growth', 'narrative'], computed=[], digest='b71456b9', fixed=['assessment_id'], history='crf_historicalnontargetfinding', name='crf_nontargetfinding_keeps_history'),
            ), migrations.AddConstraint(
                model_name='nontargetfinding',
                constraint=models.CheckConstraint(condition=models.Q(('growth__in', ['NONE', 'SOME', 'UNEQUIVOCAL', ''])), name='crf_nontargetfinding_growth_codes', violation_error_message='“Compared with the time point before (iRECIST)” is one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='randomization',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'subject_once_id', 'eligibility_id', 'method', 'levels', 'randomized_on', 'number', 'arm', 'sysclass', 'metpat', 'late_reason', 'sysclass_corrected', 'metpat_corrected'], computed=[], digest='b71456b9', fixed=['visit_id', 'subject_once_id', 'eligibility_id', 'randomized_on', 'number', 'arm', 'sysclass', 'metpat', 'method', 'levels'], history='crf_historicalrandomization', name='crf_randomization_keeps_history'),
            ), migrations.AddConstraint(
                model_name='responseassessment',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'unscheduled_reason', 'evaluator', 'reader', 'investigator_target', 'investigator_non_target', 'investigator_overall', 'investigator_on', 'progression_mode', 'clinically_stable'], computed=[], digest='b71456b9', fixed=['visit_id'], history='crf_historicalresponseassessment', name='crf_responseassessment_keeps_history'),
            ), migrations.AddConstraint(
                model_name='responseassessment',
                constraint=models.CheckConstraint(condition=models.Q(('clinically_stable__in', ['Y', 'N', ''])), name='crf_responseassessment_clinically_stable_codes', violation_error_message='“If progression under immunotherapy: clinically stable” is one of the codes of its list.'),
            )],
        ),
    ]
